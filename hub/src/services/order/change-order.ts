import { ButikError } from '@butik/proto/errors/butik-error';
import { findOrderAndSaga } from './find-order.ts';
import type { StoredOrder } from './order.ts';
import type { OrderContext } from './order-context.ts';
import type { Saga } from './saga/saga.ts';

/** How often a change begins again because the saga has taken a step meanwhile. */
const MAX_TRIES = 8;

/**
 * Changes an order on what it and its saga are at this moment. `change` answers the saga as it has written it, or
 * null when somebody else was first: then it is asked again, with what is there now. Throws ORDER_NOT_FOUND, what
 * `change` throws, and SERVICE_UNAVAILABLE when others change the order all the time.
 */
export async function changeOrder(
  context: OrderContext,
  orderId: string,
  change: (order: StoredOrder, saga: Saga | undefined) => Promise<Saga | null>,
): Promise<Saga> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const { order, saga } = await findOrderAndSaga(context, orderId);
    const changed = await change(order, saga);
    if (changed !== null) return changed;
  }
  throw new ButikError('SERVICE_UNAVAILABLE', {
    message: 'Others change this order all the time.',
    details: { part: 'order', orderId },
  });
}
