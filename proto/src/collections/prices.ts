import { defineCollection, type RowOf } from './define-collection.ts';

/** Dated prices, VAT included. The most specific scope wins, then the latest `valid_from`. */
export const prices = defineCollection({
  name: 'prices',
  version: 1,
  scoping: 'scoped',
  key: ['id'],
  columns: {
    /** `PRODUCT_ID/SCOPE/VALID_FROM`. */
    id: 'text',
    product_id: 'uuid',
    scope: 'text',
    /** Minor units per piece, or per kilogram for goods in grams. */
    amount_minor: 'integer',
    currency: 'text',
    /** ISO 8601 in UTC; `valid_to` is exclusive, null is open-ended. */
    valid_from: 'text',
    valid_to: 'text?',
  },
});
export type PriceRow = RowOf<typeof prices>;
