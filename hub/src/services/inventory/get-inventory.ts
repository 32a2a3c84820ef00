import { ButikError } from '@butik/proto/errors/butik-error';
import { MOVEMENT_REASONS } from '@butik/proto/facts/stock-moved';
import { z } from 'zod';
import { decodeCursor, encodeCursor, findFrom, type Page, type PageQuery } from '../pages.ts';
import { getRights } from './grant-online-rights.ts';
import type { InventoryContext } from './inventory-context.ts';

export const levelSchema = z.object({
  shopId: z.uuid(),
  productId: z.uuid(),
  stripeCode: z.string(),
  /** Pieces or grams; below zero when more was sold than was ever received. */
  totalStock: z.int(),
  /** What the goods on hand cost, in minor units, as far as costs are known. */
  totalValue: z.int(),
  currency: z.string(),
  /** How much of it may be sold online at this moment. */
  onlineAvailable: z.int(),
  /** Below it the level is low; null when nobody wants to know. */
  lowStockThreshold: z.int().nullable(),
  updatedAt: z.iso.datetime(),
});
export type Level = z.output<typeof levelSchema>;

export const movementViewSchema = z.object({
  movementId: z.uuid(),
  type: z.enum(MOVEMENT_REASONS),
  movedAt: z.iso.datetime(),
  quantity: z.int(),
  costMinor: z.int().nullable(),
  currency: z.string(),
  causeId: z.uuid(),
  batch: z.string().optional(),
  expiresOn: z.string().optional(),
});

export const inventoryViewSchema = levelSchema.extend({
  /** The latest first. */
  movements: z.array(movementViewSchema),
  /** Cursor of the movements before these. */
  next: z.string().nullable(),
});
export type InventoryView = z.output<typeof inventoryViewSchema>;

/** What a shop has, product by product. */
export async function listLevels(
  { table }: InventoryContext,
  shopId: string,
  query: PageQuery,
): Promise<Page<Level>> {
  const next = decodeCursor(query.cursor, { gs1pk: `inventory#${shopId}` });
  const options = { index: 'gs1', limit: query.limit, maxPages: 1, ...(next && { next }) };
  const page = await findFrom(next, () => table.getModel('Level').find({ shopId }, options));
  const available = await rightsAmong(table, shopId, page);
  const items = page.map((level) => toLevel(level, available.get(level.productId) ?? 0));
  return { items, next: encodeCursor(page.next) };
}

/** The level of one product in one shop, with a page of its movements. Throws INVENTORY_NOT_FOUND. */
export async function getInventory(
  context: InventoryContext,
  shopId: string,
  productId: string,
  query: PageQuery,
): Promise<InventoryView> {
  const { table } = context;
  const [level] = await table
    .getModel('Level')
    .find({ shopId, gs1sk: { begins: `${productId}#` } }, { index: 'gs1', limit: 1 });
  if (!level) throw new ButikError('INVENTORY_NOT_FOUND', { details: { shopId, productId } });
  const { stripeCode } = level;
  const next = decodeCursor(query.cursor, { gs1pk: `movements#${shopId}#${stripeCode}` });
  const options = { index: 'gs1', reverse: true, limit: query.limit, maxPages: 1, ...(next && { next }) };
  const page = await findFrom(next, () => table.getModel('Movement').find({ shopId, stripeCode }, options));
  const movements = page.map((movement) => ({
    movementId: movement.movementId,
    type: movement.type,
    movedAt: movement.movedAt,
    quantity: movement.quantity,
    costMinor: movement.costMinor ?? null,
    currency: movement.currency,
    causeId: movement.causeId,
    ...(movement.batch !== undefined && { batch: movement.batch }),
    ...(movement.expiresOn !== undefined && { expiresOn: movement.expiresOn }),
  }));
  const { available } = await getRights(context, { shopId, productId });
  return { ...toLevel(level, available), movements, next: encodeCursor(page.next) };
}

/** The levels come by product, as the rights do: one range of rights covers a page. */
async function rightsAmong(
  table: InventoryContext['table'],
  shopId: string,
  levels: readonly { productId: string }[],
): Promise<Map<string, number>> {
  const [first, last] = [levels[0], levels.at(-1)];
  if (!first || !last) return new Map();
  const between: [string, string] = [first.productId, last.productId];
  const rights = await table.getModel('OnlineRights').find({ shopId, gs1sk: { between } }, { index: 'gs1' });
  return new Map(rights.map(({ productId, available }) => [productId, available]));
}

type StoredLevel = Pick<
  Level,
  'shopId' | 'productId' | 'stripeCode' | 'totalStock' | 'totalValue' | 'currency'
> & { lowStockThreshold?: number | undefined; updatedAt: number };

function toLevel(item: StoredLevel, onlineAvailable: number): Level {
  const { shopId, productId, stripeCode, totalStock, totalValue, currency } = item;
  return {
    shopId,
    productId,
    stripeCode,
    totalStock,
    totalValue,
    currency,
    onlineAvailable,
    lowStockThreshold: item.lowStockThreshold ?? null,
    updatedAt: new Date(item.updatedAt).toISOString(),
  };
}
