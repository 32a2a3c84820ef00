import { expect, test } from 'vitest';
import { nextPause } from './next-pause.ts';

const bounds = { minMs: 50, maxMs: 1_000 };

function pauses(random: () => number): number[] {
  const after: number[] = [];
  for (let ms = bounds.minMs; after.length < 5; after.push(ms)) ms = nextPause(ms, bounds, random);
  return after;
}

test('pauses grow, to the longest at most and never below the shortest', () => {
  expect(pauses(() => 0)).toEqual([50, 50, 50, 50, 50]);
  expect(pauses(() => 0.5)).toEqual([100, 175, 287.5, 456.25, 709.375]);
  expect(pauses(() => 1)).toEqual([150, 450, 1_000, 1_000, 1_000]);
});
