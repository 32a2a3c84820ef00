import { createHash } from 'node:crypto';
import { ButikError } from '@butik/proto/errors/butik-error';
import { createEvent } from '@butik/proto/events/cloud-event';
import { orderCompleted, orderCreated } from '@butik/proto/events/order';
import { type SaleRecorded, saleRecorded } from '@butik/proto/facts/sale-recorded';
import type { ShopFact } from '@butik/proto/gen/butik/sync/v1/fact';
import { conditionFailed } from '../../kernel/documents/condition-failed.ts';
import { putInOutbox } from '../../kernel/outbox/put-in-outbox.ts';
import { readFact } from '../read-fact.ts';
import { transact } from '../transact.ts';
import type { OrderContext } from './order-context.ts';
import { splitLines } from './split-lines.ts';

/**
 * Records a sale or return as the shop made it: order, lines, history, the day's sum and the events
 * OrderCreated and OrderCompleted in one transaction. The same sale again changes nothing.
 * Throws FACT_TYPE_UNKNOWN, FACT_PAYLOAD_INVALID, ORDER_CONFLICT for another sale with the same id.
 */
export async function recordSale(
  context: OrderContext,
  given: ShopFact | undefined,
): Promise<{ orderId: string; repeated: boolean }> {
  const { fact, payload: sale } = readFact(given, saleRecorded);
  const { table } = context;
  const orderId = sale.saleId;
  const contentHash = createHash('sha256').update(fact.payload).digest('hex');
  const transaction = {};
  await addOrder(context, fact, sale, contentHash, transaction);
  await addEvents(context, fact, sale, transaction);
  try {
    await transact(table, transaction);
  } catch (error) {
    if (!conditionFailed(error, 0)) throw error;
    const there = await table.getModel('Order').get({ shopId: fact.shopId, orderId }, { consistent: true });
    if (there?.contentHash === contentHash) return { orderId, repeated: true };
    throw new ButikError('ORDER_CONFLICT', { details: { orderId, factId: there?.factId } });
  }
  context.wake();
  return { orderId, repeated: false };
}

async function addOrder(
  { table, kernel }: OrderContext,
  { factId, shopId, nodeId, epoch }: ShopFact,
  sale: SaleRecorded,
  contentHash: string,
  transaction: object,
): Promise<void> {
  const { saleId: orderId, soldAt, totalMinor, lines, ...kept } = sale;
  const now = kernel.clock.now();
  const order = {
    ...kept,
    orderId,
    shopId,
    status: 'completed' as const,
    orderedAt: new Date(soldAt).toISOString(),
    totalAmount: totalMinor,
    lineCount: lines.length,
    nodeId,
    epoch,
    factId,
    contentHash,
    createdAt: now,
    updatedAt: now,
  };
  await table.getModel('Order').create(order, { transaction });
  for (const [index, part] of splitLines(lines).entries()) {
    const key = { shopId, orderId, part: String(index).padStart(4, '0') };
    await table.getModel('OrderLines').create({ ...key, lines: part }, { transaction });
  }
  const step = { shopId, orderId, by: `node:${nodeId}` };
  const soldAtMs = Date.parse(soldAt);
  await table
    .getModel('OrderStep')
    .create(
      { ...step, step: '0000', status: 'completed', at: soldAtMs, note: 'sold in the shop' },
      { transaction },
    );
  await table
    .getModel('DaySum')
    .update(
      { shopId, businessDay: sale.businessDay, currency: sale.currency, kind: sale.kind },
      { transaction, exists: null, add: { orders: 1, totalMinor } },
    );
}

async function addEvents(
  { table, kernel }: OrderContext,
  { shopId }: ShopFact,
  { saleId, kind, businessDay, currency, totalMinor }: SaleRecorded,
  transaction: object,
): Promise<void> {
  const time = new Date(kernel.clock.now()).toISOString();
  const data = { orderId: saleId, shopId, kind, businessDay, currency, totalMinor };
  for (const definition of [orderCreated, orderCompleted]) {
    const event = createEvent(definition, {
      id: kernel.newId(),
      source: 'butik/hub/order',
      subject: saleId,
      time,
      data,
    });
    await putInOutbox(table, event, { transaction });
  }
}
