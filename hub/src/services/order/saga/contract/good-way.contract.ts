import { expect, test } from 'vitest';
import { anOrder, place } from '../../testing/place-order.ts';
import { SOLD, type Stage } from './stage.ts';

/** Orders that nothing befalls. */
export function goodWayContract(on: Stage): void {
  test('an order is reserved, paid, confirmed and told of, in one go', async () => {
    const request = anOrder(on.world);
    const placed = await place(on.hub, request);
    expect(placed).toMatchObject({ status: 'pending', saga: { state: 'reserving' }, payableMinor: 3180 });
    await on.hub.idle();
    expect(await on.statusOf(placed.orderId)).toBe('confirmed, done');
    expect(on.heldFor(placed)).toEqual(SOLD);
    expect(on.world.inventory.available.get(request.items[0]!.productId)).toBe(8);
    expect(on.eventsOf(placed.orderId)).toEqual(['OrderCreated', 'OrderConfirmed']);
    const { body } = await on.hub.call('GET', `/orders/${placed.orderId}/history`);
    expect(body.items).toMatchObject([
      { status: 'pending', by: 'user:anna' },
      { status: 'confirmed', by: 'service:order' },
    ]);
  });

  test('goods that the shop has not enough of cancel the order, and nobody is asked to pay', async () => {
    const request = anOrder(on.world);
    on.world.inventory.available.set(request.items[0]!.productId, 1);
    const placed = await place(on.hub, request);
    await on.hub.idle();
    expect(await on.view(placed.orderId)).toMatchObject({
      status: 'cancelled',
      cancelReason: 'STOCK_NOT_RESERVABLE',
      saga: { state: 'cancelled', dueAt: null },
    });
    expect(on.world.payments.payments.size).toBe(0);
    expect(on.world.events.at(-1)).toMatchObject({
      type: 'OrderCancelled',
      data: { orderId: placed.orderId, reason: 'STOCK_NOT_RESERVABLE' },
    });
  });

  test('a payment that is declined gives the goods back', async () => {
    on.world.payments.customer = 'declines';
    const request = anOrder(on.world);
    const placed = await place(on.hub, request);
    await on.hub.idle();
    expect(await on.view(placed.orderId)).toMatchObject({
      status: 'cancelled',
      cancelReason: 'PAYMENT_FAILED',
    });
    expect(on.heldFor(placed)).toEqual({ goods: 'released', paidMinor: 0, charges: 0 });
    expect(on.world.inventory.available.get(request.items[0]!.productId)).toBe(10);
  });

  test('an order of nothing to pay is confirmed without a payment, and cancelled without a refund', async () => {
    const request = anOrder(on.world);
    on.world.prices.set(request.items[0]!.productId, 0);
    const placed = await place(on.hub, request);
    await on.hub.idle();
    expect(await on.statusOf(placed.orderId)).toBe('confirmed, done');
    await on.hub.call('POST', `/orders/${placed.orderId}/cancel`, { reason: 'ångrat' });
    await on.hub.idle();
    expect(await on.statusOf(placed.orderId)).toBe('cancelled, cancelled');
    expect(on.world.payments.payments.size).toBe(0);
  });

  test('two hundred orders at once all come to their end, and the open ones leave the index', async () => {
    const placed = await Promise.all(Array.from({ length: 200 }, () => place(on.hub, anOrder(on.world))));
    await on.hub.idle();
    for (const order of placed) expect(on.heldFor(order)).toEqual(SOLD);
    const { values } = (await on.hub.metrics.getMetricsAsJSON()).find(
      ({ name }) => name === 'butik_sagas_open',
    )!;
    expect(values.every(({ value }) => value === 0)).toBe(true);
  });
}
