/** Names that client and server share on the wire. */
export const CALLER_KEY = 'butik-caller';
export const TRACEPARENT_KEY = 'traceparent';
/** Trailer with the error as `encodeError` writes it. */
export const ERROR_KEY = 'butik-error-bin';

export function methodPath(service: string, method: string): string {
  return `/${service}/${method}`;
}

/** Messages are encoded outside grpc-js, which would turn a codec's error into an unnamed one. */
export const asIs = (bytes: Buffer): Buffer => bytes;
