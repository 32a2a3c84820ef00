import { answerCall, type OnUnexpectedError, type UnaryHandler } from './answer-call.ts';
import { callWithin } from './call-within.ts';
import { decodeError, encodeError } from './error-wire.ts';
import { encodeRequest } from './message-bytes.ts';
import {
  type CallOptions,
  DEFAULT_TIMEOUT_MS,
  type RpcClient,
  type RpcDefinition,
  type RpcHandlers,
  type UnaryMethod,
} from './rpc.ts';

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
      (request: object, options?: CallOptions) => call(method, handler, request, { ...defaults, ...options }),
    ];
  });
  return Object.fromEntries(methods);
}

async function call(
  method: UnaryMethod,
  handler: UnaryHandler,
  request: object,
  options: CallOptions & { onUnexpectedError?: OnUnexpectedError },
): Promise<unknown> {
  const { caller = 'unknown', traceparent, timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
  const bytes = encodeRequest(method, request);
  const deadlineMs = Date.now() + timeoutMs;
  const answer = await callWithin(timeoutMs, signal, async (ending) => {
    const context = { caller, ...(traceparent !== undefined && { traceparent }), signal: ending, deadlineMs };
    try {
      return await answerCall(method, handler, bytes, context, options.onUnexpectedError);
    } catch (error) {
      throw decodeError(encodeError(error)) ?? error;
    }
  });
  return method.responseType.decode(answer);
}
