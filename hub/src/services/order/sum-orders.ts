import { z } from 'zod';
import type { OrderContext } from './order-context.ts';

export const sumOrdersSchema = z.object({
  shopId: z.uuid(),
  /** Business days, both included. */
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
});

const sumSchema = z.object({ count: z.int(), totalMinor: z.int() });
export const orderSumsSchema = z.object({
  shopId: z.uuid(),
  count: z.int(),
  /** Returns count below zero. */
  totalMinor: z.record(z.string(), z.int()),
  byKind: z.record(z.string(), sumSchema.extend({ currency: z.string() }).array()),
});
export type OrderSums = z.output<typeof orderSumsSchema>;

const FIRST_DAY = '0000-00-00';
const LAST_DAY = '9999-99-99';

/** What a shop has sold, from the sums that are kept with each order. */
export async function sumOrders(
  { table }: OrderContext,
  { shopId, from = FIRST_DAY, to = LAST_DAY }: z.output<typeof sumOrdersSchema>,
): Promise<OrderSums> {
  const between: [string, string] = [`${from}#`, `${to}#~`];
  const days = from > to ? [] : await table.getModel('DaySum').find({ shopId, sk: { between } });
  const totalMinor = new Map<string, number>();
  const byKind = new Map<string, OrderSums['byKind'][string]>();
  for (const day of days) {
    totalMinor.set(day.currency, (totalMinor.get(day.currency) ?? 0) + day.totalMinor);
    const kind = byKind.get(day.kind) ?? [];
    byKind.set(day.kind, kind);
    let sum = kind.find(({ currency }) => currency === day.currency);
    if (!sum) {
      sum = { currency: day.currency, count: 0, totalMinor: 0 };
      kind.push(sum);
    }
    sum.count += day.orders;
    sum.totalMinor += day.totalMinor;
  }
  return {
    shopId,
    count: days.reduce((count, day) => count + day.orders, 0),
    totalMinor: Object.fromEntries(totalMinor),
    byKind: Object.fromEntries(byKind),
  };
}
