import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divideRounded } from './round.ts';

fc.configureGlobal({ seed: 2026, numRuns: 300 });

describe('rounding to a whole minor unit', () => {
  it.each([
    [5n, 2n, 3],
    [-5n, 2n, -3],
    [4n, 3n, 1],
    [-4n, 3n, -1],
    [0n, 7n, 0],
    [-1n, 3n, 0],
  ])('%d ÷ %d is %d, halves away from zero', (numerator, denominator, rounded) => {
    expect(divideRounded(numerator, denominator)).toBe(rounded);
  });

  it('is never more than half a unit from the exact value', () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 18n), 10n ** 18n),
        fc.bigInt(1n, 10n ** 6n),
        (numerator, denominator) => {
          const rounded = divideRounded(numerator, 10n ** 4n * denominator);
          const twice = (BigInt(rounded) * 10n ** 4n * denominator - numerator) * 2n;
          expect(twice <= 10n ** 4n * denominator && twice >= -(10n ** 4n * denominator)).toBe(true);
        },
      ),
    );
  });
});
