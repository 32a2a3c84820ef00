import type { Saga } from './saga.ts';

interface Pause {
  firstMs: number;
  mostMs: number;
}
/** After a try that failed. */
const AFTER_FAILURE: Pause = { firstMs: 1_000, mostMs: 60_000 };
/** While the customer makes up their mind: an event tells of it, and this looks in case the event was lost. */
const WHILE_OPEN: Pause = { firstMs: 5_000, mostMs: 60_000 };

/**
 * How long to wait before the step is tried again, in milliseconds: doubled with each try, and spread over half of
 * it, so that the sagas which an outage has stopped do not come back all at once. `random` is from 0 to 1.
 */
export function pauseMs({ attempts }: Pick<Saga, 'attempts'>, open: boolean, random: number): number {
  const { firstMs, mostMs } = open ? WHILE_OPEN : AFTER_FAILURE;
  const wholeMs = Math.min(firstMs * 2 ** Math.min(attempts, 30), mostMs);
  return Math.round(wholeMs * (0.5 + random / 2));
}
