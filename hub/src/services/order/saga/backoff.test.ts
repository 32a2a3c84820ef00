import { expect, test } from 'vitest';
import { pauseMs } from './backoff.ts';

const pauses = (open: boolean, random: number) =>
  [0, 1, 2, 5, 10, 100_000].map((attempts) => pauseMs({ attempts }, open, random));

test('pauses double up to a minute, however often a step was tried', () => {
  expect(pauses(false, 1)).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000]);
  expect(pauses(true, 1)).toEqual([5_000, 10_000, 20_000, 60_000, 60_000, 60_000]);
});

test('half of a pause is left to chance, so that sagas do not come back all at once', () => {
  expect(pauses(false, 0)).toEqual([500, 1_000, 2_000, 16_000, 30_000, 30_000]);
});
