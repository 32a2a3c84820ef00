import { ButikError } from '@butik/proto/errors/butik-error';
import { createEvent } from '@butik/proto/events/cloud-event';
import { shopChanged } from '@butik/proto/events/shop';
import { conditionFailed } from '../../kernel/documents/condition-failed.ts';
import { putInOutbox } from '../../kernel/outbox/put-in-outbox.ts';
import { putAudit } from '../audit-entry.ts';
import { transact } from '../transact.ts';
import { type Shop, toShopRow } from './shop.ts';
import type { ShopContext } from './shop-context.ts';

/**
 * Writes a shop, its audit entry and ShopChanged in one transaction. `expectedVersion` must still be there;
 * null makes a new shop. The box's epoch is left alone. Throws SHOP_CHANGED, SHOP_EXISTS.
 */
export async function writeShop(
  { table, kernel, wake }: ShopContext,
  shop: Shop,
  write: { expectedVersion: number | null; by: string; action: string; change: Record<string, unknown> },
): Promise<void> {
  const { shopId } = shop;
  const transaction = {};
  const at = new Date(shop.updatedAt).toISOString();
  if (write.expectedVersion === null) {
    const { orgNumber, ...rest } = shop;
    await table
      .getModel('Shop')
      .create({ ...rest, ...(orgNumber !== null && { orgNumber }) }, { transaction });
  } else {
    const { nodeId: _, epoch: __, createdAt: ___, ...changed } = shop;
    await table.getModel('Shop').update(changed, {
      transaction,
      where: '${version} = @{expected}',
      substitutions: { expected: write.expectedVersion },
    });
  }
  const { by, action, change } = write;
  const audit = { subject: `shop#${shopId}`, auditId: kernel.newId(), at, by, action, change };
  await putAudit(table, audit, transaction);
  const event = createEvent(shopChanged, {
    id: kernel.newId(),
    source: 'butik/hub/shop',
    subject: shopId,
    time: at,
    data: { shop: toShopRow(shop) },
  });
  await putInOutbox(table, event, { transaction });
  try {
    await transact(table, transaction);
  } catch (error) {
    if (!conditionFailed(error, 0)) throw error;
    throw new ButikError(write.expectedVersion === null ? 'SHOP_EXISTS' : 'SHOP_CHANGED', {
      details: { shopId },
    });
  }
  wake();
}
