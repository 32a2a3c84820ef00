import { isGtin } from './gtin.ts';

export interface VariableMeasure {
  /** The code under which the catalogue knows the item: prefix and item number, the rest zeros. */
  itemCode: string;
  /** In öre, for prefixes 20–22. */
  priceMinor?: number;
  /** For prefixes 23–25. */
  weightGrams?: number;
}

/** What the four value digits count, in öre or grams, by prefix (GS1 Sweden). */
const VALUE_BY_PREFIX: ReadonlyMap<string, { field: 'priceMinor' | 'weightGrams'; unit: number }> = new Map([
  ['20', { field: 'priceMinor', unit: 1 }],
  ['21', { field: 'priceMinor', unit: 10 }],
  ['22', { field: 'priceMinor', unit: 100 }],
  ['23', { field: 'weightGrams', unit: 1 }],
  ['24', { field: 'weightGrams', unit: 10 }],
  ['25', { field: 'weightGrams', unit: 100 }],
]);

/**
 * Reads the label that a scale in a Swedish shop prints, PPIIIIIIVVVVC: two digits of prefix, six of
 * item, four of value and the check digit. Prefixes 20, 21, 22 give a price in kronor with 2, 1, 0
 * decimals; 23, 24, 25 a weight in kilograms with 3, 2, 1. The item code is PPIIIIII00000. Null for
 * anything else, a wrong check digit included.
 */
export function parseVariableMeasure(gtin13: string): VariableMeasure | null {
  const value = VALUE_BY_PREFIX.get(gtin13.slice(0, 2));
  if (value === undefined || gtin13.length !== 13 || !isGtin(gtin13)) return null;
  return {
    itemCode: `${gtin13.slice(0, 8)}00000`,
    [value.field]: Number(gtin13.slice(8, 12)) * value.unit,
  };
}
