import type { PriceRow } from '@butik/proto/collections/prices';
import type { ProductRow } from '@butik/proto/collections/products';

const VALID_FROM = '2026-01-01T00:00:00.000Z';
const CATEGORIES = ['Mejeri', 'Bröd', 'Dryck', 'Snacks', 'Frukt', 'Hushåll', 'Färdigmat', 'Godis'];

/** The n-th product of a large chain; the same in every process. */
export function productRow(n: number): ProductRow {
  return {
    id: `01990000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`,
    code: String(7_310_000_000_000 + n),
    name: `Ekologisk vara ${n} i förpackning`,
    description: 'Svensk råvara, packad i skyddande atmosfär. Förvaras svalt.',
    unit: n % 20 === 0 ? 'gram' : 'piece',
    vat_category: n % 3 === 0 ? 'standard' : 'food',
    category: CATEGORIES[n % CATEGORIES.length]!,
    attributes: { origin: 'SE', weightGrams: 100 + (n % 900) },
    active: true,
  };
}

/** The one price of the n-th product. */
export function priceRow(n: number): PriceRow {
  const { id } = productRow(n);
  return {
    id: `${id}/chain/${VALID_FROM}`,
    product_id: id,
    scope: 'chain',
    amount_minor: 990 + (n % 9_000),
    currency: 'SEK',
    valid_from: VALID_FROM,
    valid_to: null,
  };
}
