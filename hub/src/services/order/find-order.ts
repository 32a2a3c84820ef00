import { ButikError } from '@butik/proto/errors/butik-error';
import type { StoredOrder } from './order.ts';
import type { OrderContext } from './order-context.ts';
import type { Saga } from './saga/saga.ts';

/** The stored order. Throws ORDER_NOT_FOUND. */
export async function findOrder(
  { table }: Pick<OrderContext, 'table'>,
  orderId: string,
): Promise<StoredOrder> {
  const [item] = await table.getModel('Order').find({ orderId }, { index: 'gs2', limit: 1 });
  if (!item) throw new ButikError('ORDER_NOT_FOUND', { details: { orderId } });
  return item;
}

/** The order and its saga, which a sale at a till has none of, as they are at this moment. Throws ORDER_NOT_FOUND. */
export async function findOrderAndSaga(
  context: Pick<OrderContext, 'table'>,
  orderId: string,
): Promise<{ order: StoredOrder; saga: Saga | undefined }> {
  const found = await findOrder(context, orderId);
  if (found.kind !== 'online') return { order: found, saga: undefined };
  const key = { shopId: found.shopId, orderId };
  const { table } = context;
  // The saga first: an order that is read after it is never older than its saga.
  const saga = await table.getModel('Saga').get(key, { consistent: true });
  const order = await table.getModel('Order').get(key, { consistent: true });
  return { order: order ?? found, saga };
}
