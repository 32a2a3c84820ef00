import { nextState } from '@butik/domain/orders/states';
import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';
import { plainText } from '../plain-text.ts';
import { changeOrder } from './change-order.ts';
import { getOrder } from './get-order.ts';
import type { OrderView } from './order.ts';
import type { OrderContext } from './order-context.ts';
import { writeSaga } from './saga/write-saga.ts';

/** What people do with an order that is certain; the steps before are the saga's, and cancelling is another request. */
export const setOrderStatusSchema = z.strictObject({
  status: z.enum(['processing', 'completed']),
  note: plainText(300).trim().min(1).optional(),
});
export type SetOrderStatus = z.output<typeof setOrderStatusSchema>;

/**
 * Says that the goods are being made ready, or have been handed over. The same status again changes nothing. Throws
 * ORDER_NOT_FOUND, ORDER_TRANSITION_ILLEGAL, also for an order that is not certain yet or is being cancelled.
 */
export async function setOrderStatus(
  context: OrderContext,
  orderId: string,
  { status: to, note }: SetOrderStatus,
  by: string,
): Promise<OrderView> {
  await changeOrder(context, orderId, async ({ status: from }, saga) => {
    if (saga === undefined) throw new ButikError('ORDER_TRANSITION_ILLEGAL', { details: { from, to } });
    if (saga.state === 'done' && from === to) return saga;
    nextState(from, to);
    if (saga.state !== 'done') {
      throw new ButikError('ORDER_TRANSITION_ILLEGAL', {
        message: 'The order is being cancelled.',
        details: { from, to, saga: saga.state },
      });
    }
    const next = { ...saga, version: saga.version + 1 };
    return (await writeSaga(context, next, { status: to, moves: true, by, note })) ? next : null;
  });
  return await getOrder(context, orderId);
}
