import { expect, test } from 'vitest';
import { chooseBatch, FACT_OVERHEAD_BYTES } from './batch.ts';

const fact = (bytes: number) => ({ bytes });
const limits = { maxBytes: 3 * (FACT_OVERHEAD_BYTES + 100), maxFacts: 10 };

test('[U3] a batch ends before the fact that would make it too large', () => {
  expect(chooseBatch([fact(100), fact(100), fact(100), fact(1)], limits)).toHaveLength(3);
  expect(chooseBatch([fact(100), fact(100), fact(101)], limits)).toHaveLength(2);
});

test('[U3] a batch ends at the highest number of facts', () => {
  expect(
    chooseBatch(
      Array.from({ length: 20 }, () => fact(0)),
      { ...limits, maxBytes: 1e9 },
    ),
  ).toHaveLength(10);
});

test('[U3] the first fact goes whatever its size, and alone', () => {
  expect(chooseBatch([fact(10_000_000), fact(1)], limits)).toEqual([fact(10_000_000)]);
  expect(chooseBatch([], limits)).toEqual([]);
});

test('[U3] reading stops when the batch is full', () => {
  let read = 0;
  function* endless() {
    for (;;) {
      read += 1;
      yield fact(100);
    }
  }
  expect(chooseBatch(endless(), { ...limits, maxFacts: 2 })).toHaveLength(2);
  expect(read).toBe(2);
});
