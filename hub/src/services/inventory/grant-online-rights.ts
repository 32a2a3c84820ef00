import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';
import { conditionFailed } from '../../kernel/documents/condition-failed.ts';
import { putAudit } from '../audit-entry.ts';
import { transact } from '../transact.ts';
import type { InventoryContext } from './inventory-context.ts';

const MAX_QUANTITY = 1_000_000_000;

export const grantSchema = z.strictObject({
  /** Chosen by who grants, so that a repeated request grants once. */
  grantId: z.uuid(),
  /** Pieces or grams; negative takes back rights that are still available. */
  quantity: z
    .int()
    .min(-MAX_QUANTITY)
    .max(MAX_QUANTITY)
    .refine((quantity) => quantity !== 0, 'A grant changes something.'),
});
export type Grant = z.output<typeof grantSchema>;

export const onlineRightsSchema = z.object({
  shopId: z.uuid(),
  productId: z.uuid(),
  /** The sum of all grants. */
  granted: z.int(),
  /** What is neither held for an order nor sold. */
  available: z.int(),
});
export type OnlineRights = z.output<typeof onlineRightsSchema>;

/**
 * Lets the hub sell so much more, or less, of a shop's product online. Never takes back what is spent, and the stock
 * on hand is another matter. Throws RIGHTS_NOT_AVAILABLE, RIGHTS_GRANT_EXISTS.
 */
export async function grantOnlineRights(
  context: InventoryContext,
  product: { shopId: string; productId: string },
  { grantId, quantity }: Grant,
  by: string,
): Promise<{ rights: OnlineRights; made: boolean }> {
  const { table, kernel } = context;
  const { shopId, productId } = product;
  const now = kernel.clock.now();
  const transaction = {};
  await table
    .getModel('RightsGrant')
    .create({ grantId, shopId, productId, quantity, createdAt: now }, { transaction });
  await table.getModel('OnlineRights').update(
    { shopId, productId, updatedAt: now },
    {
      transaction,
      add: { granted: quantity, available: quantity },
      ...(quantity > 0
        ? { exists: null }
        : { where: '${available} >= @{taken}', substitutions: { taken: -quantity } }),
    },
  );
  const subject = `rights#${shopId}#${productId}`;
  const at = new Date(now).toISOString();
  const change = { grantId, quantity };
  await putAudit(table, { subject, auditId: kernel.newId(), at, by, action: 'granted', change }, transaction);
  try {
    await transact(table, transaction);
    return { rights: await getRights(context, product), made: true };
  } catch (error) {
    if (conditionFailed(error, 0)) {
      await assertSame(context, { grantId, shopId, productId, quantity });
      return { rights: await getRights(context, product), made: false };
    }
    if (!conditionFailed(error, 1)) throw error;
    const { available } = await getRights(context, product);
    throw new ButikError('RIGHTS_NOT_AVAILABLE', { details: { shopId, productId, available } });
  }
}

/** What may be sold online at this moment; none where nothing was ever granted. */
export async function getRights(
  { table }: InventoryContext,
  { shopId, productId }: { shopId: string; productId: string },
): Promise<OnlineRights> {
  const there = await table.getModel('OnlineRights').get({ shopId, productId }, { consistent: true });
  return { shopId, productId, granted: there?.granted ?? 0, available: there?.available ?? 0 };
}

async function assertSame(
  { table }: InventoryContext,
  { grantId, shopId, productId, quantity }: Grant & { shopId: string; productId: string },
): Promise<void> {
  const there = await table.getModel('RightsGrant').get({ grantId }, { consistent: true });
  if (there?.shopId === shopId && there.productId === productId && there.quantity === quantity) return;
  throw new ButikError('RIGHTS_GRANT_EXISTS', { details: { grantId } });
}
