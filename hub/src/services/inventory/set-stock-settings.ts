import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';
import { putAudit } from '../audit-entry.ts';
import { transact } from '../transact.ts';
import { checkLowStock } from './check-low-stock.ts';
import type { InventoryContext } from './inventory-context.ts';

export const stockSettingsSchema = z.strictObject({
  /** Pieces or grams below which head office is told; null to be told nothing. */
  lowStockThreshold: z.int().min(1).max(1_000_000_000).nullable(),
});
export type StockSettings = z.output<typeof stockSettingsSchema>;

/** A product whose code was changed has a level for each code it had. */
const MAX_LEVELS = 20;

/** Settles how a product is watched in a shop; its level is never set. Throws INVENTORY_NOT_FOUND. */
export async function setStockSettings(
  context: InventoryContext,
  { shopId, productId }: { shopId: string; productId: string },
  { lowStockThreshold }: StockSettings,
  by: string,
): Promise<void> {
  const { table, kernel } = context;
  const levels = await table
    .getModel('Level')
    .find({ shopId, gs1sk: { begins: `${productId}#` } }, { index: 'gs1', limit: MAX_LEVELS });
  const [first] = levels;
  if (!first) throw new ButikError('INVENTORY_NOT_FOUND', { details: { shopId, productId } });
  const transaction = {};
  for (const { stripeCode } of levels) {
    const key = { shopId, stripeCode };
    const level = table.getModel('Level');
    if (lowStockThreshold !== null) await level.update({ ...key, lowStockThreshold }, { transaction });
    else await level.update(key, { transaction, remove: ['lowStockThreshold', 'lowSince', 'gs2sk'] });
  }
  const subject = `inventory#${shopId}#${first.stripeCode}`;
  const at = new Date(kernel.clock.now()).toISOString();
  const change = { lowStockThreshold };
  await putAudit(
    table,
    { subject, auditId: kernel.newId(), at, by, action: 'settings-set', change },
    transaction,
  );
  await transact(table, transaction);
  for (const { stripeCode } of levels) await checkLowStock(context, { shopId, stripeCode });
}
