import type { Clock } from '../clock.ts';
import type { RetryBudgetOptions } from './guard-options.ts';

export interface RetryBudget {
  /** Every call adds its share. */
  onCall(): void;
  /** Whether one more retry may be made; takes it from the budget. */
  take(): boolean;
}

/**
 * Holds retries to a share of the calls, so that a remote that is down is not asked several times as much as one
 * that is well. A token bucket that starts full.
 */
export function createRetryBudget(options: RetryBudgetOptions, clock: Clock): RetryBudget {
  const { share, perSecond, saved } = options;
  let tokens = saved;
  let filledAtMs = clock.now();

  function fill(): void {
    const now = clock.now();
    const seconds = Math.max(0, now - filledAtMs) / 1_000; // The clock may be set back.
    filledAtMs = now;
    tokens = Math.min(saved, tokens + seconds * perSecond);
  }

  return {
    onCall() {
      tokens = Math.min(saved, tokens + share);
    },
    take() {
      fill();
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
