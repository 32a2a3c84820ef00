import { prices } from '@butik/proto/collections/prices';
import { products } from '@butik/proto/collections/products';
import type { Migration } from '../store/store.ts';

/**
 * What the till looks products and prices up by. The replica makes its tables anew when a collection's
 * version is raised, and their indexes go with them, so these steps carry that version.
 */
export const catalogueMigrations: Migration[] = [
  {
    id: `catalogue-products-${products.version}`,
    up: `
      CREATE INDEX products_by_code ON products (code COLLATE NOCASE);
      CREATE INDEX products_by_name ON products (name COLLATE NOCASE) WHERE active = 1;
    `,
  },
  {
    id: `catalogue-prices-${prices.version}`,
    up: 'CREATE INDEX prices_by_product ON prices (product_id);',
  },
];
