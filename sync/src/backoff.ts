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
