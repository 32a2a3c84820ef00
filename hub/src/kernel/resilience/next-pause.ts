/**
 * Milliseconds to wait after a pause of `previousMs`: random between `minMs` and three times that pause, at most
 * `maxMs` (decorrelated jitter), so that callers that failed together do not come back together.
 */
export function nextPause(
  previousMs: number,
  { minMs, maxMs }: { minMs: number; maxMs: number },
  random: () => number,
): number {
  return Math.min(maxMs, minMs + random() * (previousMs * 3 - minMs));
}
