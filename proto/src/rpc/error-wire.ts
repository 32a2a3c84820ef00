import { z } from 'zod';
import { asButikError, ButikError } from '../errors/butik-error.ts';
import { ERROR_CODES, type ErrorCode } from '../errors/codes.ts';
import { type ErrorKind, KINDS } from '../errors/kinds.ts';

/** gRPC trailers share one bounded header block; larger details would break the answer itself. */
const MAX_ERROR_BYTES = 8 * 1024;
const MAX_MESSAGE_CHARACTERS = 1024;

const wireErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
});

/**
 * What the caller is told of an error: code, message and details as JSON. What is not a ButikError
 * becomes a bare INTERNAL; causes and stacks stay here. Details beyond 8 KiB become `{ truncated: true }`.
 */
export function encodeError(thrown: unknown): Uint8Array {
  const { code, message, details } = asButikError(thrown);
  const short = message.slice(0, MAX_MESSAGE_CHARACTERS);
  const whole = Buffer.from(JSON.stringify({ code, message: short, details }));
  if (whole.length <= MAX_ERROR_BYTES) return whole;
  return Buffer.from(JSON.stringify({ code, message: short, details: { truncated: true } }));
}

/** The error that `encodeError` wrote; undefined when it is of a form or code that this version does not know. */
export function decodeError(bytes: Uint8Array): ButikError | undefined {
  const parsed = wireErrorSchema.safeParse(parseJson(bytes));
  if (!parsed.success || !Object.hasOwn(ERROR_CODES, parsed.data.code)) return undefined;
  const { code, message, details } = parsed.data;
  return new ButikError(code as ErrorCode, { message, details });
}

/** The error of an answer that carries a gRPC status alone: a lost connection, a proxy, another version. */
export function errorOfStatus(status: number, part: string): ButikError {
  const kind =
    status === GRPC_CANCELLED
      ? 'unavailable'
      : (Object.keys(KINDS) as ErrorKind[]).find((name) => KINDS[name].grpc === status);
  return new ButikError((kind && CODE_WITHOUT_DETAIL[kind]) ?? 'INTERNAL', { details: { part, status } });
}

/** A caller that gives up knows it; one that did not was cut off by a server that closes. */
const GRPC_CANCELLED = 1;

const CODE_WITHOUT_DETAIL: Partial<Record<ErrorKind, ErrorCode>> = {
  invalid: 'REQUEST_INVALID',
  unauthenticated: 'UNAUTHENTICATED',
  denied: 'PERMISSION_DENIED',
  exhausted: 'RATE_LIMITED',
  unavailable: 'SERVICE_UNAVAILABLE',
  timeout: 'DEADLINE_EXCEEDED',
};

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}
