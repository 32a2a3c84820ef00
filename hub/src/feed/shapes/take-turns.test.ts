import { expect, test } from 'vitest';
import { takeTurns } from './take-turns.ts';

test('so much runs at once, the rest follows in order, and a failure gives its turn on', async () => {
  const inTurn = takeTurns(2);
  const begun: number[] = [];
  const ends = Array.from({ length: 5 }, () => Promise.withResolvers<number>());
  const results = ends.map(({ promise }, index) =>
    inTurn(() => {
      begun.push(index);
      return promise;
    }),
  );
  expect(begun).toEqual([0, 1]);
  ends[1]!.reject(new Error('failed'));
  await expect(results[1]).rejects.toThrow('failed');
  expect(begun).toEqual([0, 1, 2]);
  for (const [index, { resolve }] of ends.entries()) resolve(index);
  expect(await Promise.all(results.filter((_, index) => index !== 1))).toEqual([0, 2, 3, 4]);
  expect(await inTurn(async () => 'free again')).toBe('free again');
});
