import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundCash } from './cash-rounding.ts';

fc.configureGlobal({ seed: 2026, numRuns: 300 });

describe('a total that is settled in cash', () => {
  it.each([
    [1049, 'SEK', 1000, -49],
    [1050, 'SEK', 1100, 50],
    [-1050, 'SEK', -1100, -50],
    [49, 'SEK', 0, -49],
    [1200, 'SEK', 1200, 0],
    [1050, 'NOK', 1100, 50],
    [1024, 'DKK', 1000, -24],
    [1025, 'DKK', 1050, 25],
    [1074, 'DKK', 1050, -24],
    [1049, 'EUR', 1049, 0],
    [1049, 'ISK', 1049, 0],
  ])(
    '%d %s is paid as %d, and the receipt shows the rounding %d',
    (total, currency, payableMinor, roundingMinor) => {
      expect(roundCash(total, currency)).toEqual({ payableMinor, roundingMinor });
    },
  );

  it('is a number of coins, at most half a coin away, and mirrors on a refund', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 ** 12 }),
        fc.constantFrom('SEK', 'NOK', 'DKK', 'GBP'),
        (total, currency) => {
          const coin = { SEK: 100, NOK: 100, DKK: 50, GBP: 1 }[currency];
          const { payableMinor, roundingMinor } = roundCash(total, currency);
          expect(payableMinor % coin).toBe(0);
          expect(payableMinor - roundingMinor).toBe(total);
          expect(Math.abs(roundingMinor) * 2).toBeLessThanOrEqual(coin);
          expect(roundCash(0 - total, currency)).toEqual({
            payableMinor: 0 - payableMinor,
            roundingMinor: 0 - roundingMinor,
          });
        },
      ),
    );
  });
});
