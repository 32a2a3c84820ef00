import type { Verdict } from './hand-over.ts';

interface AwsError extends Error {
  code?: string;
  $fault?: 'client' | 'server';
}

const TOO_MANY = /^(Throttl|TooManyRequests|RequestLimitExceeded|LimitExceeded)/;
const TOO_LATE = /^(TimeoutError|RequestTimeout)/;
/** The SDK calls these time-outs too. */
const LOST = ['ECONNRESET', 'EPIPE'];

/**
 * What an AWS client's error means. `refusals` are the names of the errors that speak of the message; any other that
 * blames the caller (credentials, a sender that is not verified, a paused account) can be mended.
 */
export function judgeAwsFailure(thrown: unknown, refusals: readonly string[]): Verdict {
  const error = thrown as AwsError;
  const reason = `${error.name}: ${error.message}`;
  if (refusals.includes(error.name)) return { outcome: 'refused', reason };
  if (TOO_MANY.test(error.name)) return { outcome: 'rate-limited', reason };
  if (TOO_LATE.test(error.name) && !LOST.includes(error.code ?? '')) return { outcome: 'timeout', reason };
  return { outcome: 'unavailable', reason };
}
