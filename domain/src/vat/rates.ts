import { ButikError } from '@butik/proto/errors/butik-error';
import { VAT_TABLES } from './rate-tables.ts';

/** What a product is to the tax office; `zero` is for what carries no VAT (deposits, gift cards). */
export const VAT_CATEGORIES = ['standard', 'food', 'restaurant', 'culture', 'zero'] as const;
export type VatCategory = (typeof VAT_CATEGORIES)[number];

/**
 * The rate in basis points (2500 = 25 %) that applies on a business day (YYYY-MM-DD) in a country
 * (ISO 3166-1 alpha-2). Throws VAT_RATE_UNKNOWN for a country or category that has no table and for a
 * day that is not written so.
 */
export function vatRate(country: string, category: VatCategory, businessDay: string): number {
  const periods = VAT_CATEGORIES.includes(category) ? VAT_TABLES.get(country)?.[category] : undefined;
  if (periods === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(businessDay)) {
    throw new ButikError('VAT_RATE_UNKNOWN', { details: { country, category, businessDay } });
  }
  // The earliest rate also holds for the days before it: a box whose clock says 1970 must still sell.
  let rateBp = periods[0].rateBp;
  for (const period of periods) {
    if (period.from <= businessDay) rateBp = period.rateBp;
  }
  return rateBp;
}
