import { defineCollection, type RowOf } from './define-collection.ts';

/** A shop as it must know itself. Each shop gets its own row only. */
export const shops = defineCollection({
  name: 'shops',
  version: 1,
  scoping: 'scoped',
  key: ['id'],
  columns: {
    id: 'uuid',
    /** Always `shop:ID`. */
    scope: 'text',
    name: 'text',
    currency: 'text',
    /** ISO 3166-1 alpha-2; decides the VAT rates. */
    country: 'text',
    time_zone: 'text',
    /** `manned` or `exempt-unmanned` (SFL 39:5). */
    fiscal_mode: 'text',
    org_number: 'text?',
    address: 'json',
    settings: 'json',
  },
});
export type ShopRow = RowOf<typeof shops>;
