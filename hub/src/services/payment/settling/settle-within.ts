import { setTimeout as wait } from 'node:timers/promises';
import type { PaymentContext } from '../payment-context.ts';

/** How long a caller waits for a certain outcome, at most. */
export const LONGEST_ANSWER_MS = 2_000;
/** What the answer itself takes on its way back. */
const MARGIN_MS = 200;
/** Between two looks while a caller waits: many a payment is certain within a second. */
const PAUSES_MS = [100, 200, 400, 800];

/** How long may be waited before a caller must be answered, milliseconds, from its deadline on the system's clock. */
export function answerBudgetMs(deadlineMs: number): number {
  return Math.max(Math.min(LONGEST_ANSWER_MS, deadlineMs - Date.now() - MARGIN_MS), 0);
}

/**
 * Runs `settle`, and again after short pauses, until `isCertain` or the budget is spent. What runs by then goes on
 * in the background; whoever waited reads how far it has come.
 */
export async function settleWithin(
  { background }: PaymentContext,
  budgetMs: number,
  isCertain: () => Promise<boolean>,
  settle: () => Promise<void>,
): Promise<void> {
  const spent = new AbortController();
  const endMs = performance.now() + budgetMs;
  const timeUp = rest(budgetMs, spent.signal).then(() => false);
  try {
    for (const pauseMs of PAUSES_MS) {
      const wentOn = await Promise.race([background.run(settle), timeUp]);
      if (!wentOn || (await isCertain())) return;
      if (performance.now() + pauseMs >= endMs) return;
      await rest(pauseMs, background.closing);
    }
  } finally {
    spent.abort();
  }
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
