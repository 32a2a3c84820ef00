import { sql as template } from 'drizzle-orm';
import { z } from 'zod';
import type { ProductContext } from './product-context.ts';

export const namedCountSchema = z.object({ name: z.string(), products: z.int() });
export type NamedCount = z.output<typeof namedCountSchema>;

const MAX_NAMES = 1_000;

/** The categories of the products in the range, with how many each has. */
export async function listCategories({ kernel }: ProductContext): Promise<NamedCount[]> {
  return await kernel.sql.rows<NamedCount>(template`
    SELECT category AS name, count(*)::int AS products FROM product.search
    WHERE active AND category IS NOT NULL GROUP BY category ORDER BY category LIMIT ${MAX_NAMES}`);
}

/** The tags of the products in the range, with how many each has. */
export async function listTags({ kernel }: ProductContext): Promise<NamedCount[]> {
  return await kernel.sql.rows<NamedCount>(template`
    SELECT tag AS name, count(*)::int AS products FROM product.search, unnest(tags) AS tag
    WHERE active GROUP BY tag ORDER BY tag LIMIT ${MAX_NAMES}`);
}
