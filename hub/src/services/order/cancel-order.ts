import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';
import { plainText } from '../plain-text.ts';
import { changeOrder } from './change-order.ts';
import { getOrder } from './get-order.ts';
import type { OrderView } from './order.ts';
import type { OrderContext } from './order-context.ts';
import { moveSaga } from './saga/move-saga.ts';
import { accepts, isCompensating } from './saga/states.ts';

/** A reason that payment and inventory take as it is: a compensation must never be refused. */
export const cancelOrderSchema = z.strictObject({ reason: plainText(200).trim().min(1) });

/**
 * Turns an order back, whatever step it is in: money and goods are given back, and then it is cancelled. One that is
 * on its way there, or there, stays as it is. Throws ORDER_NOT_FOUND, ORDER_TRANSITION_ILLEGAL for an order that is
 * completed, such as a sale at a till.
 */
export async function cancelOrder(
  context: OrderContext,
  orderId: string,
  { reason, by }: { reason: string; by: string },
): Promise<OrderView> {
  const saga = await changeOrder(context, orderId, async ({ status }, saga) => {
    if (saga !== undefined && isCompensating(saga.state)) return saga;
    if (saga === undefined || status === 'completed' || !accepts(saga.state, 'cancel-asked')) {
      throw new ButikError('ORDER_TRANSITION_ILLEGAL', { details: { from: status, to: 'cancelled' } });
    }
    const entry = { status, note: `cancelling asked for: ${reason}` };
    return await moveSaga(context, saga, { input: 'cancel-asked', reason, by, entry });
  });
  const view = await getOrder(context, orderId);
  context.sagas.start(saga);
  return view;
}
