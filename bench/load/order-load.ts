import { setTimeout as wait } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { callHub, type HubAddress } from '../../hub/cli/hub-client.ts';
import type { OrderView } from '../../hub/src/services/order/order.ts';
import type { Load } from './post-load.ts';

const GIVE_UP_MS = 60_000;
const SHORTEST_PAUSE_MS = 4;

/** Places one order and asks until it is confirmed; answers the milliseconds. `expectMs`: when to ask first. */
export async function orderUntilConfirmed(
  hub: HubAddress,
  body: string,
  key: string,
  expectMs = 0,
): Promise<number> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key };
  const sentAt = performance.now();
  const { orderId } = await callHub<OrderView>(hub, 'POST', '/v1/orders', body, headers);
  await wait(Math.max(SHORTEST_PAUSE_MS, expectMs - (performance.now() - sentAt)));
  for (;;) {
    const order = await callHub<OrderView>(hub, 'GET', `/v1/orders/${orderId}`);
    const tookMs = performance.now() - sentAt;
    if (order.status === 'confirmed') return tookMs;
    if (order.status !== 'pending' || tookMs > GIVE_UP_MS) {
      throw new Error(`an order is ${order.status}: ${order.cancelReason ?? order.saga?.lastError}`);
    }
    await wait(Math.max(SHORTEST_PAUSE_MS, tookMs / 10));
  }
}

/** Each client places `count / clients` orders, one after the other, the next when the last is confirmed. */
export async function orderLoad(
  hub: HubAddress,
  body: string,
  clients: number,
  count: number,
): Promise<Load> {
  const latenciesMs: number[] = [];
  let left = count;
  let usualMs = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (left > 0) {
        left -= 1;
        // A little before it is usually there: whoever asks all the time measures their own asking.
        const tookMs = await orderUntilConfirmed(hub, body, uuidv7(), usualMs * 0.9);
        latenciesMs.push(tookMs);
        usualMs = usualMs === 0 ? tookMs : usualMs * 0.9 + tookMs * 0.1;
      }
    }),
  );
  return { perSecond: count / ((performance.now() - startedAt) / 1000), latenciesMs };
}
