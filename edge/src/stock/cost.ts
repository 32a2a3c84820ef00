import { divideRounded } from '@butik/domain/money/round';

/** What a quantity costs at a unit cost (per piece, or per kilogram for grams); null when that is unknown. */
export function costOf(
  quantity: number,
  unitCostMinor: number | null,
  unit: 'piece' | 'gram',
): number | null {
  if (unitCostMinor === null) return null;
  return divideRounded(BigInt(quantity) * BigInt(unitCostMinor), unit === 'gram' ? 1000n : 1n);
}

/** The unit cost at which a quantity (above zero) has this cost. */
export function unitCostOf(
  quantity: number,
  costMinor: number | null,
  unit: 'piece' | 'gram',
): number | null {
  if (costMinor === null) return null;
  return divideRounded(BigInt(costMinor) * (unit === 'gram' ? 1000n : 1n), BigInt(quantity));
}
