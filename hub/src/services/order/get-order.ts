import { ORDER_STATES } from '@butik/domain/orders/states';
import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';
import { type OrderSummary, type OrderView, toSummary } from './order.ts';
import type { OrderContext } from './order-context.ts';

export const orderStepSchema = z.object({
  status: z.enum(ORDER_STATES),
  at: z.iso.datetime(),
  /** `node:ID`, `user:ID` or `service:NAME`. */
  by: z.string(),
  note: z.string().nullable(),
});
export type OrderStep = z.output<typeof orderStepSchema>;

/** An order with its lines, as the shop sold them. Throws ORDER_NOT_FOUND. */
export async function getOrder(context: OrderContext, orderId: string): Promise<OrderView> {
  const order = await findOrder(context, orderId);
  const parts = await context.table
    .getModel('OrderLines')
    .find({ shopId: order.shopId, orderId, sk: { begins: 'lines#' } });
  return { ...order, lines: parts.flatMap((part) => part.lines) };
}

/** The steps that an order has taken, the first one first. Throws ORDER_NOT_FOUND. */
export async function getHistory(context: OrderContext, orderId: string): Promise<OrderStep[]> {
  const { shopId } = await findOrder(context, orderId);
  const steps = await context.table
    .getModel('OrderStep')
    .find({ shopId, orderId, sk: { begins: 'history#' } });
  return steps.map(({ status, at, by, note }) => ({
    status,
    at: new Date(at).toISOString(),
    by,
    note: note ?? null,
  }));
}

async function findOrder({ table }: OrderContext, orderId: string): Promise<OrderSummary> {
  const [item] = await table.getModel('Order').find({ orderId }, { index: 'gs2', limit: 1 });
  if (!item) throw new ButikError('ORDER_NOT_FOUND', { details: { orderId } });
  return toSummary(item);
}
