import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import type { CatalogueProduct } from '../catalogue/product.ts';
import { costOf } from './cost.ts';
import { prepareLots, type StoredLot } from './lots.ts';

export const stockSchema = z.object({
  productId: z.uuid(),
  code: z.string(),
  onHand: z.int(),
  /** What the lots on hand cost; null when a lot's cost is not known. */
  valueMinor: z.int().nullable(),
  lots: z.array(
    z.object({
      lotId: z.string(),
      quantity: z.int(),
      unitCostMinor: z.int().nullable(),
      receivedAt: z.string(),
      expiresOn: z.string().nullable(),
      batch: z.string().nullable(),
    }),
  ),
});
export type Stock = z.infer<typeof stockSchema>;

export interface StockReader {
  onHand(productId: string): number;
  stockOf(product: CatalogueProduct): Stock;
}

/** What there is of a product, oldest lot first. A product that never moved has nothing, which is no error. */
export function createStockReader(db: Database): StockReader {
  const lots = prepareLots(db);
  const onHand = (productId: string) => lots.level.get(productId)?.onHand ?? 0;
  return {
    onHand,
    stockOf({ productId, code, unit }) {
      const found = lots.lotsOf.all(productId).sort(byAge);
      const costs = found.map((lot) => costOf(lot.quantity, lot.unitCostMinor, unit));
      const known = costs.filter((cost) => cost !== null);
      const valueMinor = known.length === costs.length ? known.reduce((sum, cost) => sum + cost, 0) : null;
      return { productId, code, onHand: onHand(productId), valueMinor, lots: found };
    },
  };
}

function byAge(a: StoredLot, b: StoredLot): number {
  if (a.receivedAt !== b.receivedAt) return a.receivedAt < b.receivedAt ? -1 : 1;
  return a.lotId < b.lotId ? -1 : 1;
}
