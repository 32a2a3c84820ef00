import { z } from 'zod';
import { decodeCursor, encodeCursor, type Page, pageQuerySchema } from '../pages.ts';
import type { Product } from './product.ts';
import { fromStored, type ProductContext } from './product-context.ts';

export const listProductsSchema = pageQuerySchema.extend({
  category: z.string().min(1).max(100).optional(),
  tag: z.string().min(1).max(50).optional(),
  active: z.enum(['true', 'false']).optional(),
});
export type ListProducts = z.output<typeof listProductsSchema>;

/** How much a page may look through when few products pass the filter; it may then be short of `limit`. */
const MAX_READS = 20;

/** A page of products in the order in which they were made. */
export async function listProducts({ table }: ProductContext, query: ListProducts): Promise<Page<Product>> {
  const products = table.getModel('Product');
  const index = query.category === undefined ? 'gs1' : 'gs2';
  const where = whereOf(query);
  let next = decodeCursor(
    query.cursor,
    query.category === undefined ? { gs1pk: 'products' } : { gs2pk: `category#${query.category}` },
  );
  const items: Product[] = [];
  for (let read = 0; read < MAX_READS; read++) {
    const key = query.category === undefined ? {} : { category: query.category };
    const page = await products.find(key, {
      index,
      ...where,
      limit: query.limit - items.length,
      maxPages: 1,
      ...(next && { next }),
    });
    items.push(...page.map(fromStored));
    next = page.next as Record<string, string> | undefined;
    if (next === undefined || items.length >= query.limit) break;
  }
  return { items, next: encodeCursor(next) };
}

function whereOf({ tag, active }: ListProducts): { where?: string; substitutions?: object } {
  const parts: string[] = [];
  if (tag !== undefined) parts.push('contains(${tags}, @{tag})');
  if (active !== undefined) parts.push('${active} = @{active}');
  if (parts.length === 0) return {};
  return { where: parts.join(' and '), substitutions: { tag, active: active === 'true' } };
}
