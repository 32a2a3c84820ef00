import { z } from 'zod';
import type { Verdict } from '../hand-over.ts';

const errorSchema = z.object({
  error: z.object({
    status: z.string().default(''),
    message: z.string().default(''),
    details: z.array(z.object({ errorCode: z.string().optional() })).default([]),
  }),
});

/** An answer of FCM that is not 2xx. */
export class FcmRefusal extends Error {
  readonly httpStatus: number;
  readonly body: unknown;

  constructor(httpStatus: number, body: unknown) {
    super(`HTTP ${httpStatus}`);
    this.httpStatus = httpStatus;
    this.body = body;
  }
}

const UNAUTHORIZED = 401;
const TOO_MANY_REQUESTS = 429;
/** The app is gone, the token is another sender's, or the message is none. */
const REFUSALS = ['UNREGISTERED', 'SENDER_ID_MISMATCH', 'INVALID_ARGUMENT'];

export function judgeFcmFailure(thrown: unknown): Verdict {
  if (!(thrown instanceof FcmRefusal)) return { outcome: 'unavailable', reason: reasonOf(thrown) };
  const parsed = errorSchema.safeParse(thrown.body);
  if (!parsed.success) return { outcome: outcomeOf(thrown.httpStatus, ''), reason: thrown.message };
  const { status, message, details } = parsed.data.error;
  const code = details.find(({ errorCode }) => errorCode)?.errorCode ?? status;
  return { outcome: outcomeOf(thrown.httpStatus, code), reason: `${code}: ${message}` };
}

/** Whether the access token was turned down, so that a fresh one may do. */
export function isTokenRefused(thrown: unknown): boolean {
  return thrown instanceof FcmRefusal && thrown.httpStatus === UNAUTHORIZED;
}

function outcomeOf(httpStatus: number, code: string): Verdict['outcome'] {
  if (httpStatus === TOO_MANY_REQUESTS) return 'rate-limited';
  return REFUSALS.includes(code) ? 'refused' : 'unavailable';
}

/** fetch says only that it failed; why is its cause. */
function reasonOf(thrown: unknown): string {
  const { message, cause } = thrown as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
