import { z } from 'zod';
import { decodeCursor, encodeCursor, findFrom, type Page, pageQuerySchema } from '../pages.ts';
import type { InventoryContext } from './inventory-context.ts';

export const listLowStockSchema = pageQuerySchema.extend({ shopId: z.uuid().optional() });

export const lowStockSchema = z.object({
  shopId: z.uuid(),
  productId: z.uuid(),
  stripeCode: z.string(),
  totalStock: z.int(),
  lowStockThreshold: z.int(),
  lowSince: z.iso.datetime(),
});

/** What is low at this moment, in one shop or in all: shop by shop, the longest low first. */
export async function listLowStock(
  { table }: InventoryContext,
  query: z.output<typeof listLowStockSchema>,
): Promise<Page<z.output<typeof lowStockSchema>>> {
  const { shopId, limit } = query;
  const next = decodeCursor(query.cursor, { gs2pk: 'low-stock' });
  const key = shopId === undefined ? {} : { gs2sk: { begins: `${shopId}#` } };
  const options = { index: 'gs2', limit, maxPages: 1, ...(next && { next }) };
  const page = await findFrom(next, () => table.getModel('Level').find(key, options));
  const items = page.map((level) => ({
    shopId: level.shopId,
    productId: level.productId,
    stripeCode: level.stripeCode,
    totalStock: level.totalStock,
    lowStockThreshold: level.lowStockThreshold ?? 0,
    lowSince: level.lowSince ?? new Date(level.updatedAt).toISOString(),
  }));
  return { items, next: encodeCursor(page.next) };
}
