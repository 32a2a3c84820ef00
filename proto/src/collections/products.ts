import { defineCollection, type RowOf } from './define-collection.ts';

/** What the chain sells. The price is in `prices`, because it is dated and may differ by shop. */
export const products = defineCollection({
  name: 'products',
  version: 1,
  scoping: 'chain',
  key: ['id'],
  columns: {
    id: 'uuid',
    /** GTIN as printed (8, 12, 13 or 14 digits) or the chain's own code. Unique. */
    code: 'text',
    name: 'text',
    description: 'text?',
    /** `piece` or `gram`: the unit in which quantities are counted. */
    unit: 'text',
    /** A VAT category of `domain/vat/rates`. */
    vat_category: 'text',
    category: 'text?',
    /** Free attributes: ingredients, alcoholPercent, … */
    attributes: 'json',
    /** False once head office has taken it out of the range: known, but no longer found by search. */
    active: 'boolean',
  },
});
export type ProductRow = RowOf<typeof products>;
