export interface BackoffLimits {
  baseMs: number;
  maxMs: number;
}

/**
 * How long to wait before the attempt after `failures` failed ones (1, 2, …): a random part of a
 * delay that doubles up to `maxMs`, so that boxes that lost the hub together do not return together.
 * Never less than half the delay. `random` gives [0, 1).
 */
export function backoffMs(failures: number, limits: BackoffLimits, random: () => number): number {
  const doublings = Math.min(Math.max(failures - 1, 0), 30);
  const delay = Math.min(limits.baseMs * 2 ** doublings, limits.maxMs);
  return Math.round(delay / 2 + (delay / 2) * random());
}

/**
 * How long a box waits that was told to wait `ms`: never less, and up to half as long again, so that
 * boxes that were sent away together come back one by one. `random` gives [0, 1).
 */
export function spreadMs(ms: number, random: () => number): number {
  return Math.round(ms + (ms / 2) * random());
}
