import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type VatLine, vatBreakdown } from './breakdown.ts';

fc.configureGlobal({ seed: 2026, numRuns: 300 });

describe('the VAT inside a basket', () => {
  it('is taken from the sum of each rate, highest rate first', () => {
    expect(
      vatBreakdown([
        { grossMinor: 1120, rateBp: 1200 },
        { grossMinor: 2500, rateBp: 2500 },
        { grossMinor: 990, rateBp: 1200 },
        { grossMinor: 300, rateBp: 0 },
      ]),
    ).toEqual([
      { rateBp: 2500, grossMinor: 2500, netMinor: 2000, vatMinor: 500 },
      { rateBp: 1200, grossMinor: 2110, netMinor: 1884, vatMinor: 226 },
      { rateBp: 0, grossMinor: 300, netMinor: 300, vatMinor: 0 },
    ]);
  });

  it('rounds once a rate, not once a line', () => {
    const line = { grossMinor: 3, rateBp: 2500 };
    expect(vatBreakdown([line])[0]?.vatMinor).toBe(1);
    expect(vatBreakdown([line, line])[0]?.vatMinor).toBe(1);
  });

  it('rounds half an öre away from zero, on a sale and on a return', () => {
    // Half of 21 öre is VAT at a rate of 100 %: 10.5.
    expect(vatBreakdown([{ grossMinor: 21, rateBp: 10_000 }])[0]).toMatchObject({
      netMinor: 10,
      vatMinor: 11,
    });
    expect(vatBreakdown([{ grossMinor: -21, rateBp: 10_000 }])[0]).toMatchObject({
      netMinor: -10,
      vatMinor: -11,
    });
  });

  it('of nothing is no row', () => {
    expect(vatBreakdown([])).toEqual([]);
  });

  const lines: fc.Arbitrary<VatLine[]> = fc.array(
    fc.record({
      grossMinor: fc.integer({ min: -(10 ** 9), max: 10 ** 9 }),
      rateBp: fc.constantFrom(0, 600, 1200, 1350, 2500, 2550),
    }),
    { maxLength: 40 },
  );

  it('always adds up: net and VAT to gross, the rows to the basket, each within half an öre of the law', () => {
    fc.assert(
      fc.property(lines, (basket) => {
        const rows = vatBreakdown(basket);
        expect(sum(rows.map((row) => row.grossMinor))).toBe(sum(basket.map((line) => line.grossMinor)));
        for (const { rateBp, grossMinor, netMinor, vatMinor } of rows) {
          expect(netMinor + vatMinor).toBe(grossMinor);
          const twiceOff = 2 * (vatMinor * (10_000 + rateBp) - grossMinor * rateBp);
          expect(Math.abs(twiceOff)).toBeLessThanOrEqual(10_000 + rateBp);
        }
        const rates = rows.map((row) => row.rateBp);
        expect(rates).toEqual([...new Set(rates)].sort((a, b) => b - a));
      }),
    );
  });

  it('of a return is the exact mirror of its sale, in whatever order the lines come', () => {
    fc.assert(
      fc.property(lines, (basket) => {
        const returned = basket
          .map(({ grossMinor, rateBp }) => ({ grossMinor: 0 - grossMinor, rateBp }))
          .reverse();
        expect(vatBreakdown(returned)).toEqual(
          vatBreakdown(basket).map(({ rateBp, grossMinor, netMinor, vatMinor }) => ({
            rateBp,
            grossMinor: 0 - grossMinor,
            netMinor: 0 - netMinor,
            vatMinor: 0 - vatMinor,
          })),
        );
      }),
    );
  });
});

function sum(numbers: number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
