import { sql as template } from 'drizzle-orm';
import { z } from 'zod';
import type { ProductContext } from './product-context.ts';
import { searchQuery } from './search-terms.ts';

export const searchProductsSchema = z.object({
  q: z.string().min(1).max(200),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  /** `all` also finds what has been taken out of the range. */
  range: z.enum(['active', 'all']).default('active'),
});

export const foundProductSchema = z.object({
  productId: z.uuid(),
  code: z.string(),
  name: z.string(),
  category: z.string().nullable(),
  active: z.boolean(),
});
export type FoundProduct = z.output<typeof foundProductSchema>;

/** Products by parts of their words or the beginning of their code; the exact code and names that begin so first. */
export async function searchProducts(
  { kernel }: ProductContext,
  { q, limit, range }: z.output<typeof searchProductsSchema>,
): Promise<FoundProduct[]> {
  const query = searchQuery(q);
  if (query === null) return [];
  const text = q.trim().toLowerCase();
  const rows = await kernel.sql.rows<Omit<FoundProduct, 'productId'> & { product_id: string }>(template`
    SELECT product_id, code, name, category, active FROM product.search
    WHERE terms @@ ${query}::tsquery AND (active OR ${range === 'all'})
    ORDER BY lower(code) = ${text} DESC, starts_with(lower(name), ${text}) DESC, name, product_id
    LIMIT ${limit}`);
  return rows.map(({ product_id, ...rest }) => ({ productId: product_id, ...rest }));
}
