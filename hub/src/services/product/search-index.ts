import { isGtin, normaliseGtin } from '@butik/domain/codes/gtin';
import type { ProductRow } from '@butik/proto/collections/products';
import { catalogueChanged } from '@butik/proto/events/product';
import type { Subscription } from '../../kernel/bus/bus.ts';
import type { IndexDefinition, SearchDocument, SearchIndex } from '../../kernel/search/search.ts';
import type { Migration } from '../../kernel/sql/migrate.ts';

/** Categories and tags weigh less than the name; raise the version whenever a field changes. */
export const productIndex: IndexDefinition = {
  name: 'products',
  version: 1,
  text: { name: 'A', category: 'B', tags: 'C', description: 'D' },
  codes: ['code', 'gtin'],
  facets: ['category', 'tags', 'active'],
};

/** The search had a table of the service's own before it went through the port. */
export const searchMigrations: readonly Migration[] = [
  {
    id: '0001-product-search',
    up: `CREATE SCHEMA IF NOT EXISTS product;
CREATE TABLE product.search (
  product_id uuid PRIMARY KEY,
  code text NOT NULL,
  name text NOT NULL,
  category text,
  tags text[] NOT NULL,
  active boolean NOT NULL,
  terms tsvector NOT NULL,
  event_id uuid NOT NULL
);
CREATE INDEX search_terms ON product.search USING gin (terms);
CREATE INDEX search_category ON product.search (category) WHERE active;
`,
  },
  { id: '0002-search-by-the-port', up: 'DROP TABLE product.search' },
];

/** Follows CatalogueChanged. An event that comes again, or after a later one, changes nothing. */
export function searchSubscription(index: SearchIndex): Subscription {
  return {
    consumer: 'product-search',
    types: [catalogueChanged.type],
    async handle(event) {
      const { products } = catalogueChanged.data.parse(event.data);
      await index.put(products.map((row) => toDocument(row, event.id)));
    },
  };
}

/** A product as it is found; what a hit shows is in its fields. */
export function toDocument(row: ProductRow, version: string): SearchDocument {
  return {
    id: row.id,
    version,
    fields: {
      code: row.code,
      gtin: isGtin(row.code) ? normaliseGtin(row.code) : null,
      name: row.name,
      category: row.category,
      tags: tagsOf(row.attributes),
      description: row.description,
      active: row.active,
    },
  };
}

function tagsOf(attributes: unknown): string[] {
  const { tags } = attributes as { tags?: unknown };
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}
