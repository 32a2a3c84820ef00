import { ORDER_STATES } from '@butik/domain/orders/states';
import { z } from 'zod';
import { findOrder, findOrderAndSaga } from './find-order.ts';
import { type OrderView, toOrderView } from './order.ts';
import type { OrderContext } from './order-context.ts';
import { readLines } from './read-lines.ts';

export const orderStepSchema = z.object({
  status: z.enum(ORDER_STATES),
  at: z.iso.datetime(),
  /** `node:ID`, `user:ID` or `service:NAME`. */
  by: z.string(),
  note: z.string().nullable(),
});
export type OrderStep = z.output<typeof orderStepSchema>;

/** An order with its lines and how far it has come. Throws ORDER_NOT_FOUND. */
export async function getOrder(context: OrderContext, orderId: string): Promise<OrderView> {
  const { order, saga } = await findOrderAndSaga(context, orderId);
  return toOrderView(order, await readLines(context, order), saga);
}

/** The steps that an order has taken, the first one first. Throws ORDER_NOT_FOUND. */
export async function getHistory(context: OrderContext, orderId: string): Promise<OrderStep[]> {
  const { shopId } = await findOrder(context, orderId);
  const steps = await context.table
    .getModel('OrderStep')
    .find({ shopId, orderId, sk: { begins: 'history#' } }, { consistent: true });
  return steps.map(({ status, at, by, note }) => ({
    status,
    at: new Date(at).toISOString(),
    by,
    note: note ?? null,
  }));
}
