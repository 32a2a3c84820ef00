import { divideRounded } from '../money/round.ts';

export interface VatLine {
  /** What the customer pays for the line, VAT included; negative on a return. */
  grossMinor: number;
  rateBp: number;
}

export interface VatRow {
  rateBp: number;
  grossMinor: number;
  netMinor: number;
  vatMinor: number;
}

const BASIS_POINTS = 10_000n;

/**
 * The VAT that is inside prices, one row per rate, highest rate first. VAT is taken from the sum of a
 * rate, not per line, and halves go away from zero: negated lines give exactly the negated rows.
 */
export function vatBreakdown(lines: readonly VatLine[]): VatRow[] {
  const grossByRate = new Map<number, number>();
  for (const { rateBp, grossMinor } of lines) {
    grossByRate.set(rateBp, (grossByRate.get(rateBp) ?? 0) + grossMinor);
  }
  return [...grossByRate]
    .sort(([a], [b]) => b - a)
    .map(([rateBp, grossMinor]) => {
      const rate = BigInt(rateBp);
      const vatMinor = divideRounded(BigInt(grossMinor) * rate, BASIS_POINTS + rate);
      return { rateBp, grossMinor, netMinor: grossMinor - vatMinor, vatMinor };
    });
}
