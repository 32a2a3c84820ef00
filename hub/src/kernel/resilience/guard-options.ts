import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Clock } from '../clock.ts';

/** What opens a circuit: so many failures on end, or a share of the calls of the last while. */
export type BreakerOptions = { openForMs: number } & (
  | { consecutiveFailures: number }
  | {
      /** Above 0, below 1. */
      failureShare: number;
      windowMs: number;
      /** In one window; fewer say too little. */
      minimumCalls: number;
    }
);

export interface GuardOptions {
  /** As the label `remote` of the metrics and `details.part` of errors have it: `service:payment`, `swish`. */
  name: string;
  /** Guards share the metrics of one registry. */
  metrics: Registry;
  logger: Pick<Logger, 'info' | 'warn'>;
  /** For all attempts of a call together. */
  timeoutMs?: number;
  /** For one attempt, so that a lost answer leaves time for another; without it an attempt may use all that is left. */
  attemptTimeoutMs?: number;
  /** Of one call, the first included. */
  attempts?: number;
  /** Between attempts: a random time from `minMs`, growing to at most `maxMs`. */
  backoff?: { minMs: number; maxMs: number };
  breaker?: BreakerOptions;
  /** Calls at once, and calls that wait for their turn. */
  bulkhead?: { concurrent: number; queued: number };
  retryBudget?: RetryBudgetOptions;
  clock?: Clock;
  random?: () => number;
}

export interface RetryBudgetOptions {
  /** Of the calls, as a share: 0.2 lets one retry go with five calls. */
  share: number;
  /** Retries that are always allowed, so that a quiet remote gets its retries too. */
  perSecond: number;
  /** Retries that can be saved up. */
  saved: number;
}

export const GUARD_DEFAULTS = {
  timeoutMs: 5_000,
  attempts: 3,
  backoff: { minMs: 50, maxMs: 1_000 },
  breaker: { consecutiveFailures: 5, openForMs: 5_000 },
  bulkhead: { concurrent: 64, queued: 256 },
  retryBudget: { share: 0.2, perSecond: 0.5, saved: 10 },
} as const satisfies Partial<GuardOptions>;
