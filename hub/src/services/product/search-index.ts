import { catalogueChanged } from '@butik/proto/events/product';
import { sql as template } from 'drizzle-orm';
import type { Subscription } from '../../kernel/bus/bus.ts';
import type { Migration } from '../../kernel/sql/migrate.ts';
import type { Sql } from '../../kernel/sql/sql.ts';
import { indexTerms } from './search-terms.ts';

/** The products by their words, kept from the service's own events: search, categories and tags read it. */
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
];

/** Follows CatalogueChanged. An event that comes again, or after a later one, changes nothing. */
export function searchSubscription(sql: Sql): Subscription {
  return {
    consumer: 'product-search',
    types: [catalogueChanged.type],
    async handle(event) {
      const { products } = catalogueChanged.data.parse(event.data);
      const rows = products.map((product) => ({
        product_id: product.id,
        code: product.code,
        name: product.name,
        category: product.category,
        tags: tagsOf(product.attributes),
        active: product.active,
        terms: indexTerms([product.name, product.category ?? ''], product.code),
      }));
      if (rows.length === 0) return;
      await sql.rows(template`
        INSERT INTO product.search (product_id, code, name, category, tags, active, terms, event_id)
        SELECT product_id, code, name, category,
          ARRAY(SELECT jsonb_array_elements_text(tags)), active,
          array_to_tsvector(ARRAY(SELECT jsonb_array_elements_text(terms))), ${event.id}::uuid
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          AS row(product_id uuid, code text, name text, category text, tags jsonb, active boolean, terms jsonb)
        ON CONFLICT (product_id) DO UPDATE SET
          code = excluded.code, name = excluded.name, category = excluded.category, tags = excluded.tags,
          active = excluded.active, terms = excluded.terms, event_id = excluded.event_id
        WHERE product.search.event_id < excluded.event_id`);
    },
  };
}

function tagsOf(attributes: unknown): string[] {
  const { tags } = attributes as { tags?: unknown };
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}
