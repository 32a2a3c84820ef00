import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Booted, bootServices } from '../../testing/boot-services.ts';
import { SERVICES } from '../registry.ts';

/** The hub's own services beside this one, where the other tests have models of them; no gateway is configured. */
let hub: Booted;
let shopId: string;
beforeAll(async () => {
  hub = await bootServices(SERVICES);
  shopId = (await hub.call('POST', '/shops', { name: 'Söder' })).body.shopId;
});
afterAll(() => hub.close());

async function orderTwoOf(code: string, amountMinor: number) {
  const content = { code, name: code, vatCategory: 'food', basePrice: { amountMinor, currency: 'SEK' } };
  const { productId } = (await hub.call('POST', '/products', content)).body;
  const grant = { grantId: hub.kernel.newId(), quantity: 10 };
  await hub.call('POST', `/inventory/${shopId}/${productId}/online-rights`, grant);
  const request = {
    shopId,
    items: [{ productId, quantity: 2 }],
    payment: { method: 'swish', payer: '46701234567' },
  };
  const { body } = await hub.call('POST', '/orders', request, { 'idempotency-key': hub.kernel.newId() });
  await hub.idle();
  return (await hub.call('GET', `/orders/${body.orderId}`)).body;
}

const eventsOf = (order: { orderId: string; reservationId: string }) =>
  hub.events
    .filter(({ data }) => (data as { orderId?: string }).orderId === order.orderId)
    .map(({ type }) => type);

test('what costs nothing is reserved and confirmed', async () => {
  const order = await orderTwoOf('prov', 0);
  expect(order).toMatchObject({ status: 'confirmed', saga: { state: 'done' } });
  await hub.idle();
  expect(eventsOf(order).sort()).toEqual(['InventoryReserved', 'OrderConfirmed', 'OrderCreated']);
});

test('where nobody can be paid, the goods go back and the order is cancelled', async () => {
  const order = await orderTwoOf('kaffe', 5990);
  expect(order).toMatchObject({ status: 'cancelled', cancelReason: 'PAYMENT_METHOD_UNAVAILABLE' });
  await hub.idle();
  expect(eventsOf(order)).toEqual(
    expect.arrayContaining(['InventoryReserved', 'InventoryReleased', 'OrderCancelled']),
  );
});
