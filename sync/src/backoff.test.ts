import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

const limits = { baseMs: 100, maxMs: 1_000 };

test('[U13] waits double up to the bound', () => {
  const atMost = [1, 2, 3, 4, 5, 500].map((failures) => backoffMs(failures, limits, () => 1));
  expect(atMost).toEqual([100, 200, 400, 800, 1_000, 1_000]);
});

test('[U13] boxes that failed together come back apart, none sooner than half the wait', () => {
  expect(backoffMs(2, limits, () => 0)).toBe(100);
  expect(backoffMs(2, limits, () => 0.5)).toBe(150);
  expect(backoffMs(0, limits, () => 0)).toBe(50);
});
