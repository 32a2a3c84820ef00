import { ButikError } from '@butik/proto/errors/butik-error';
import type { Outcome } from './guard-metrics.ts';

/** Whether what a call threw says that the remote is not well: such calls are tried again and count against it. */
export function isRemoteFailure(error: unknown): boolean {
  return !(error instanceof ButikError) || FAILURES.has(error.code);
}

export function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof ButikError)) return 'unexpected';
  if (error.code === 'SERVICE_UNAVAILABLE') return 'unavailable';
  if (error.code === 'DEADLINE_EXCEEDED') return 'timeout';
  return error.code === 'CANCELLED' ? 'cancelled' : 'error';
}

const FAILURES: ReadonlySet<string> = new Set(['SERVICE_UNAVAILABLE', 'DEADLINE_EXCEEDED']);
