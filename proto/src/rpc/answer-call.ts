import { ButikError } from '../errors/butik-error.ts';
import { inServerSpan } from './call-span.ts';
import { whileAnswering } from './current-call.ts';
import { encodeMessage } from './message-bytes.ts';
import type { CallContext, RpcDefinition, UnaryMethod } from './rpc.ts';

/** Told of every error that is not a ButikError, since the caller sees no more of it than INTERNAL. */
export type OnUnexpectedError = (error: unknown, call: { method: string; caller: string }) => void;

export type UnaryHandler = (request: object, context: CallContext) => Promise<object>;

/** The server's half of a call, the same in process and behind gRPC: bytes in, handler, bytes out. */
export async function answerCall(
  definition: Pick<RpcDefinition, 'name' | 'fullName'>,
  method: UnaryMethod,
  handler: UnaryHandler,
  request: Uint8Array,
  context: CallContext,
  onUnexpectedError?: OnUnexpectedError,
): Promise<Uint8Array> {
  return await inServerSpan(definition, method, context, async () => {
    try {
      const response = await whileAnswering(definition.fullName, context, () =>
        handler(method.requestType.decode(request) as object, context),
      );
      return encodeMessage(method.responseType, response);
    } catch (error) {
      if (!(error instanceof ButikError))
        onUnexpectedError?.(error, { method: method.name, caller: context.caller });
      throw error;
    }
  });
}
