import { answerCall, type OnUnexpectedError, type UnaryHandler } from './answer-call.ts';
import { inClientSpan } from './call-span.ts';
import { callWithin } from './call-within.ts';
import { completeOptions } from './current-call.ts';
import { decodeError, encodeError } from './error-wire.ts';
import { encodeRequest } from './message-bytes.ts';
import type { CallOptions, RpcClient, RpcDefinition, RpcHandlers, UnaryMethod } from './rpc.ts';

/**
 * Calls a service of this process as if it were behind gRPC: messages and errors are encoded and decoded,
 * so that neither side can lean on what only a shared memory gives. Throws ButikError and nothing else.
 */
export function createInProcessClient<Definition extends RpcDefinition>(
  definition: Definition,
  handlers: RpcHandlers<Definition>,
  defaults: { caller?: string; onUnexpectedError?: OnUnexpectedError } = {},
): RpcClient<Definition> {
  const methods = Object.entries<UnaryMethod>(definition.methods).map(([name, method]) => {
    const handler: UnaryHandler = (request, context) =>
      handlers[name as keyof typeof handlers](request as never, context);
    return [
      name,
      (request: object, options: CallOptions = {}) =>
        call(definition, method, handler, request, options, defaults),
    ];
  });
  return Object.fromEntries(methods);
}

async function call(
  definition: RpcDefinition,
  method: UnaryMethod,
  handler: UnaryHandler,
  request: object,
  options: CallOptions,
  defaults: { caller?: string; onUnexpectedError?: OnUnexpectedError },
): Promise<unknown> {
  const bytes = encodeRequest(method, request);
  const { caller, timeoutMs, signal, traceparent: passedOn } = completeOptions(options, defaults.caller);
  const deadlineMs = Date.now() + timeoutMs;
  const answer = await inClientSpan(definition, method, options, passedOn, (traceparent) =>
    callWithin(timeoutMs, signal, async (ending) => {
      const context = {
        caller,
        ...(traceparent !== undefined && { traceparent }),
        signal: ending,
        deadlineMs,
      };
      try {
        return await answerCall(definition, method, handler, bytes, context, defaults.onUnexpectedError);
      } catch (error) {
        throw decodeError(encodeError(error)) ?? error;
      }
    }),
  );
  return method.responseType.decode(answer);
}
