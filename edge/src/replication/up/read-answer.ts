import type { ButikError } from '@butik/proto/errors/butik-error';
import { fromProblem } from '@butik/proto/errors/problem';
import type { Answer } from '@butik/sync/push-state';
import { retryAfterMs } from './retry-after.ts';

/** What the hub says to a request; `error` when it is not what was asked for. */
export type HubAnswer = { ok: true; body: unknown } | { ok: false; answer: Refusal; error: ButikError };
export type Refusal = Exclude<Answer, { kind: 'acknowledged' }>;

export async function readAnswer(response: Response): Promise<HubAnswer> {
  const body: unknown = await response.json().catch((cause: unknown) => {
    // An answer that was cut off is none; one that is whole and no JSON is a stranger's.
    if (!(cause instanceof SyntaxError)) throw cause;
    return null;
  });
  if (response.ok) return { ok: true, body };
  const error = fromProblem(response.status, body);
  return { ok: false, error, answer: refusalOf(error, retryAfterMs(response.headers)) };
}

function refusalOf(error: ButikError, waitMs: number): Refusal {
  const { expected } = error.details;
  if (error.code === 'FACT_SEQUENCE_GAP' && typeof expected === 'number') return { kind: 'gap', expected };
  if (error.code === 'HUB_BUSY') return { kind: 'busy', retryAfterMs: waitMs };
  if (error.kind === 'denied' || error.kind === 'unauthenticated') return { kind: 'refused' };
  if (error.kind === 'invalid' || error.kind === 'conflict') return { kind: 'rejected' };
  return { kind: 'away', retryAfterMs: waitMs };
}
