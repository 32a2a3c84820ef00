import { ORDER_STATES } from '@butik/domain/orders/states';
import { z } from 'zod';
import { decodeCursor, encodeCursor, findFrom, type Page, pageQuerySchema } from '../pages.ts';
import { type OrderSummary, toSummary } from './order.ts';
import type { OrderContext } from './order-context.ts';

export const listOrdersSchema = pageQuerySchema.extend({
  shopId: z.uuid().optional(),
  /** Orders made at this instant or later. */
  from: z.iso.datetime().optional(),
  /** Orders made before this instant. */
  to: z.iso.datetime().optional(),
  status: z.enum(ORDER_STATES).optional(),
});
export type ListOrders = z.output<typeof listOrdersSchema>;

/** How much a page may look through when few orders pass the filter; it may then be short of `limit`. */
const MAX_READS = 20;
const EARLIEST = '0';
const LATEST = '~';

/** A page of orders, the latest first: of one shop or of the chain. */
export async function listOrders({ table }: OrderContext, query: ListOrders): Promise<Page<OrderSummary>> {
  const orders = table.getModel('Order');
  const { shopId, status } = query;
  const between: [string, string] = [instant(query.from) ?? EARLIEST, instant(query.to) ?? LATEST];
  if (between[0] > between[1]) return { items: [], next: null };
  const key = shopId === undefined ? { gs3sk: { between } } : { shopId, gs1sk: { between } };
  let next = decodeCursor(
    query.cursor,
    shopId === undefined ? { gs3pk: 'orders' } : { gs1pk: `orders#${shopId}` },
  );
  const items: OrderSummary[] = [];
  for (let read = 0; read < MAX_READS; read++) {
    const options = {
      index: shopId === undefined ? 'gs3' : 'gs1',
      reverse: true,
      limit: query.limit - items.length,
      maxPages: 1,
      ...(status !== undefined && { where: '${status} = @{status}', substitutions: { status } }),
      ...(next && { next }),
    };
    const page = await findFrom(next, () => orders.find(key, options));
    items.push(...page.map(toSummary));
    next = page.next as Record<string, string> | undefined;
    if (next === undefined || items.length >= query.limit) break;
  }
  return { items, next: encodeCursor(next) };
}

/** As the sort keys write it; an order’s key goes on behind the instant, so `to` leaves its own instant out. */
function instant(text: string | undefined): string | undefined {
  return text === undefined ? undefined : new Date(text).toISOString();
}
