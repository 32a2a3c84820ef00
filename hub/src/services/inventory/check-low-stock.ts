import { createEvent } from '@butik/proto/events/cloud-event';
import { lowStockAlert, stockUpdated } from '@butik/proto/events/inventory';
import type { Subscription } from '../../kernel/bus/bus.ts';
import { conditionFailed } from '../../kernel/documents/condition-failed.ts';
import { putInOutbox } from '../../kernel/outbox/put-in-outbox.ts';
import { transact } from '../transact.ts';
import type { InventoryContext } from './inventory-context.ts';

/**
 * Tells once that a level is below its threshold, and again only after it was back at the threshold or above.
 * Compares what is on hand at this moment, so it may be called as often as one likes.
 */
export async function checkLowStock(
  context: InventoryContext,
  level: { shopId: string; stripeCode: string },
): Promise<void> {
  const { shopId, stripeCode } = level;
  const there = await context.table.getModel('Level').get({ shopId, stripeCode }, { consistent: true });
  if (there?.lowStockThreshold === undefined) return;
  const isLow = there.totalStock < there.lowStockThreshold;
  const wasLow = there.lowSince !== undefined;
  if (isLow === wasLow) return;
  try {
    if (isLow) await tell(context, { ...there, threshold: there.lowStockThreshold });
    else await forget(context, level);
  } catch (error) {
    // The level has moved on meanwhile; whoever moved it checks it too.
    if (!conditionFailed(error)) throw error;
  }
}

/** Checks the levels that have moved. The service follows its own event, so that no crash loses a check. */
export function movedLevels(context: InventoryContext): Subscription {
  return {
    consumer: 'inventory-low-stock',
    types: [stockUpdated.type],
    async handle(event) {
      const { shopId, changes } = stockUpdated.data.parse(event.data);
      for (const { stripeCode } of changes) await checkLowStock(context, { shopId, stripeCode });
    },
  };
}

async function tell(
  { table, kernel, wake }: InventoryContext,
  level: { shopId: string; productId: string; stripeCode: string; totalStock: number; threshold: number },
): Promise<void> {
  const { shopId, productId, stripeCode, totalStock, threshold } = level;
  const time = new Date(kernel.clock.now()).toISOString();
  const transaction = {};
  await table.getModel('Level').update(
    { shopId, productId, stripeCode, lowSince: time },
    {
      transaction,
      where: '${totalStock} < ${lowStockThreshold} and attribute_not_exists(${lowSince})',
    },
  );
  const event = createEvent(lowStockAlert, {
    id: kernel.newId(),
    source: 'butik/hub/inventory',
    subject: shopId,
    time,
    data: { shopId, productId, stripeCode, totalStock, threshold },
  });
  await putInOutbox(table, event, { transaction });
  await transact(table, transaction);
  wake();
}

async function forget(
  { table }: InventoryContext,
  level: { shopId: string; stripeCode: string },
): Promise<void> {
  // A transaction of one write, since it may meet those of movements.
  const transaction = {};
  await table.getModel('Level').update(level, {
    transaction,
    remove: ['lowSince', 'gs2sk'],
    where: '${totalStock} >= ${lowStockThreshold}',
  });
  await transact(table, transaction);
}
