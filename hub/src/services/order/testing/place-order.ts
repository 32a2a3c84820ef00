import { v7 } from 'uuid';
import type { OrderProcess, OrderWorld } from './order-world.ts';

/** A request for an order of goods that are in stock, at 15.90 a piece. */
export function anOrder(world: OrderWorld, changes: object = {}) {
  const productId = v7();
  world.prices.set(productId, 1590);
  world.inventory.available.set(productId, 10);
  return {
    shopId: v7(),
    userId: 'u1',
    items: [{ productId, quantity: 2 }],
    payment: { method: 'swish', payer: '46701234567' },
    contact: { email: 'eva@example.org', language: 'sv' },
    ...changes,
  };
}

/** Posts the order; its view as it was answered. */
export async function place(process: OrderProcess, request: object, key = v7()) {
  const answer = await process.call('POST', '/orders', request, { 'idempotency-key': key });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}
