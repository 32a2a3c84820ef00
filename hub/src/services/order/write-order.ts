import { createEvent } from '@butik/proto/events/cloud-event';
import { orderCreated } from '@butik/proto/events/order';
import type { SaleLine } from '@butik/proto/facts/sale-recorded';
import { currentTraceparent } from '@butik/proto/telemetry/span';
import { putInOutbox } from '../../kernel/outbox/put-in-outbox.ts';
import { transact } from '../transact.ts';
import type { CreateOrder } from './create-order.ts';
import { historyKey } from './history-key.ts';
import type { StoredOrder } from './order.ts';
import type { OrderContext } from './order-context.ts';
import type { QuotedOrder } from './quote-order.ts';
import { firstSaga } from './saga/first-saga.ts';
import type { Saga } from './saga/saga.ts';
import { splitLines } from './split-lines.ts';

export interface OrderWritten {
  order: StoredOrder;
  lines: SaleLine[];
  saga: Saga;
}

/**
 * Writes an order with all that belongs to it in one transaction, which is refused where the request's key is there
 * already (`conditionFailed`).
 */
export async function writeOrder(
  { table, kernel }: OrderContext,
  { shopId, userId, contact, payment }: CreateOrder,
  { lines, ...quoted }: QuotedOrder,
  request: { key: string; by: string; contentHash: string },
): Promise<OrderWritten> {
  const orderId = kernel.newId();
  const createdAt = kernel.clock.now();
  const orderedAt = new Date(createdAt).toISOString();
  const [reservationId, paymentId] = [kernel.newId(), kernel.newId()];
  const { currency, businessDay, totalMinor } = quoted;
  const order: StoredOrder = {
    orderId,
    shopId,
    kind: 'online',
    status: 'pending',
    orderedAt,
    businessDay,
    currency,
    totalAmount: totalMinor,
    roundingMinor: quoted.roundingMinor,
    payableMinor: quoted.payableMinor,
    changeMinor: 0,
    vat: quoted.vat,
    tenders: [],
    lineCount: lines.length,
    userId,
    contact,
    reservationId,
    paymentId,
    paymentMethod: payment.method,
    createdAt,
    updatedAt: createdAt,
  };
  const traceparent = currentTraceparent();
  const amountMinor = quoted.payableMinor;
  const begun = { orderId, shopId, reservationId, paymentId, userId, businessDay, currency, amountMinor };
  const saga = firstSaga({ ...begun, ...payment, traceparent, createdAt });

  const transaction = {};
  await table.getModel('OrderKey').create({ ...request, orderId, shopId }, { transaction });
  // All further keys hold the order's fresh id: there is nothing to overwrite.
  const fresh = { transaction, exists: null };
  await table.getModel('Order').create(order, fresh);
  for (const [index, part] of splitLines(lines).entries()) {
    const key = { shopId, orderId, part: String(index).padStart(4, '0') };
    await table.getModel('OrderLines').create({ ...key, lines: part }, fresh);
  }
  const step = { shopId, orderId, step: historyKey(saga.version), by: request.by };
  await table
    .getModel('OrderStep')
    .create({ ...step, status: 'pending', at: createdAt, note: 'ordered' }, fresh);
  await table.getModel('Saga').create(saga, fresh);
  const data = { orderId, shopId, kind: 'online', businessDay, currency, totalMinor } as const;
  const event = { id: kernel.newId(), source: 'butik/hub/order', subject: orderId, time: orderedAt, data };
  await putInOutbox(table, createEvent(orderCreated, event), { transaction });
  await transact(table, transaction);
  return { order, lines, saga };
}
