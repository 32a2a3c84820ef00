import type { Migration } from '../store/store.ts';

/**
 * What the till looks products and prices up by. A collection whose version is raised keeps its tables,
 * and with them these indexes.
 */
export const catalogueMigrations: Migration[] = [
  {
    id: 'catalogue-products-1',
    up: `
      CREATE INDEX products_by_code ON products (code COLLATE NOCASE);
      CREATE INDEX products_by_name ON products (name COLLATE NOCASE) WHERE active = 1;
    `,
  },
  {
    id: 'catalogue-prices-1',
    up: 'CREATE INDEX prices_by_product ON prices (product_id);',
  },
];
