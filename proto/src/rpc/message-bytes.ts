import { ButikError } from '../errors/butik-error.ts';
import type { UnaryMethod } from './rpc.ts';

/** The largest request or response; more is sent in parts. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

type Codec = UnaryMethod['requestType'];

/** The message on the wire. Throws BODY_TOO_LARGE, and whatever the codec throws on a value that is no such message. */
export function encodeMessage(codec: Codec, partial: object): Uint8Array {
  const bytes = codec.encode(codec.fromPartial(partial)).finish();
  if (bytes.length > MAX_MESSAGE_BYTES) {
    throw new ButikError('BODY_TOO_LARGE', { details: { limit: MAX_MESSAGE_BYTES, bytes: bytes.length } });
  }
  return bytes;
}

/** The caller's request on the wire. Throws REQUEST_INVALID when a field cannot be written, such as -1 in a uint32. */
export function encodeRequest(method: UnaryMethod, request: object): Uint8Array {
  try {
    return encodeMessage(method.requestType, request);
  } catch (error) {
    if (error instanceof ButikError) throw error;
    throw new ButikError('REQUEST_INVALID', {
      message: `The request cannot be written as ${method.name} takes it: ${String(error)}`,
      cause: error,
    });
  }
}
