import { createEvent } from '@butik/proto/events/cloud-event';
import { orderCancelled } from '@butik/proto/events/order';
import { InventoryServiceDefinition } from '@butik/proto/gen/butik/inventory/v1/inventory';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Booted, bootServices } from '../../testing/boot-services.ts';
import { inventoryService } from './inventory-service.ts';

let hub: Booted;
let shopId: string;
beforeAll(async () => {
  hub = await bootServices([inventoryService]);
});
beforeEach(() => {
  hub.events.length = 0;
  shopId = hub.kernel.newId();
});
afterAll(() => hub.close());

const milk = { productId: '0199f000-0000-7000-8000-000000000001', stripeCode: '9520000010010' };
const bread = { productId: '0199f000-0000-7000-8000-000000000002', stripeCode: '9520000010133' };

function move(product: typeof milk, quantity: number, more: object = {}) {
  const reason = quantity > 0 ? 'receipt' : 'waste';
  const movement = { movementId: hub.kernel.newId(), shopId, ...product, reason, quantity, currency: 'SEK' };
  return hub.call('POST', '/inventory/stock-movement', { ...movement, ...more });
}
const watch = (product: typeof milk, lowStockThreshold: number | null) =>
  hub.call('PUT', `/inventory/${shopId}/${product.productId}`, { lowStockThreshold });
const read = async (product: typeof milk) =>
  (await hub.call('GET', `/inventory/${shopId}/${product.productId}`)).body;

const alerts = () => hub.events.filter(({ type }) => type === 'LowStockAlert');

test('head office moves goods of a shop without a box, and the movements sum to what is on hand', async () => {
  expect(await move(milk, 10, { costMinor: 9_000, batch: 'A7', expiresOn: '2026-12-01' })).toMatchObject({
    status: 201,
    body: { totalStock: 10, totalValue: 9_000, onlineAvailable: 0, lowStockThreshold: null },
  });
  await move(milk, -3);
  await move(milk, 1, { reason: 'adjustment' });
  const { totalStock, movements } = await read(milk);
  expect(totalStock).toBe(8);
  expect(movements.map((one: { type: string }) => one.type).sort()).toEqual([
    'adjustment',
    'receipt',
    'waste',
  ]);
  await hub.idle();
  expect(hub.events.map(({ type, data }) => [type, data])).toContainEqual([
    'StockUpdated',
    expect.objectContaining({ shopId, reason: 'waste', changes: [{ ...milk, quantity: -3 }] }),
  ]);
});

test('a movement that is sent again, even at once, moves once, and its id means that movement alone', async () => {
  const movementId = hub.kernel.newId();
  const answers = await Promise.all([1, 2, 3].map(() => move(milk, 4, { movementId })));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
  hub.clock.nowMs += 86_400_000;
  expect((await move(milk, 4, { movementId })).status).toBe(200);
  expect((await read(milk)).totalStock).toBe(4);
  expect((await move(milk, 5, { movementId })).body.code).toBe('MOVEMENT_EXISTS');
  expect((await read(milk)).totalStock).toBe(4);
});

test('a movement of nothing, against its reason or with a cost of the other sign is refused', async () => {
  for (const [quantity, more, path] of [
    [0, {}, 'body.quantity'],
    [-1, { reason: 'receipt' }, 'body.quantity'],
    [1, { reason: 'waste' }, 'body.quantity'],
    [1, { costMinor: -100 }, 'body.costMinor'],
    [1, { totalStock: 5 }, 'body'],
  ] as const) {
    const { status, body } = await move(milk, quantity, more);
    expect([status, body.details.fields[0].path]).toEqual([400, path]);
  }
  expect((await hub.call('GET', `/inventory/${shopId}`)).body.items).toEqual([]);
});

test('a movement with a code or a currency that is not the level’s own is refused, and the level stays as it was', async () => {
  await move(milk, 10, { costMinor: 9_000 });
  const mistaken = { ...bread, stripeCode: milk.stripeCode };
  expect(await move(mistaken, 10)).toMatchObject({
    status: 409,
    body: {
      code: 'STOCK_LEVEL_CONFLICT',
      details: { shopId, stripeCode: milk.stripeCode, productId: milk.productId, currency: 'SEK' },
    },
  });
  expect((await move(milk, 10, { currency: 'NOK' })).body.code).toBe('STOCK_LEVEL_CONFLICT');
  expect(await read(milk)).toMatchObject({ totalStock: 10, totalValue: 9_000, currency: 'SEK' });
  expect((await read(milk)).movements).toHaveLength(1);
  expect((await read(bread)).code).toBe('INVENTORY_NOT_FOUND');
  await hub.idle();
  expect(hub.events.filter(({ type }) => type === 'StockUpdated')).toHaveLength(1);
});

test('a product that gets another code has a level for each', async () => {
  await move(milk, 10);
  const renamed = { ...milk, stripeCode: '9520000010027' };
  expect(await move(renamed, 4)).toMatchObject({ status: 201 });
  const { body } = await hub.call('GET', `/inventory/${shopId}`);
  const levels = body.items.map((level: { stripeCode: string; totalStock: number }) => [
    level.stripeCode,
    level.totalStock,
  ]);
  expect(levels).toEqual([
    [milk.stripeCode, 10],
    [renamed.stripeCode, 4],
  ]);
});

test('control characters in a code or a batch are refused', async () => {
  expect((await move({ ...milk, stripeCode: '95\u000020' }, 1)).body.code).toBe('REQUEST_INVALID');
  expect((await move(milk, 1, { batch: 'A\u00007' })).body.code).toBe('REQUEST_INVALID');
});

test('head office is told once when a product runs low, and again only after it was filled up', async () => {
  await move(milk, 10);
  expect((await watch(milk, 5)).body.lowStockThreshold).toBe(5);
  await move(milk, -5);
  await hub.idle();
  expect(alerts()).toEqual([]);

  await move(milk, -1);
  await move(milk, -1);
  await hub.idle();
  expect(alerts().map(({ subject, data }) => [subject, data])).toEqual([
    [shopId, { shopId, ...milk, totalStock: expect.any(Number), threshold: 5 }],
  ]);
  await move(milk, 2);
  await hub.idle();
  await move(milk, -1);
  await hub.idle();
  expect(alerts()).toHaveLength(2);
});

test('what is low can be listed, by shop, until it is filled up or nobody wants to know', async () => {
  for (const product of [milk, bread]) {
    await move(product, 2);
    await watch(product, 3);
  }
  const list = async (query: string) =>
    (await hub.call('GET', `/inventory/low-stock-alerts?${query}`)).body.items.map(
      ({ stripeCode }: { stripeCode: string }) => stripeCode,
    );
  expect(await list(`shopId=${shopId}`)).toEqual([milk.stripeCode, bread.stripeCode]);
  expect(await list(`shopId=${hub.kernel.newId()}`)).toEqual([]);
  expect(await list('limit=200')).toEqual(expect.arrayContaining([milk.stripeCode, bread.stripeCode]));
  await move(milk, 1);
  await hub.idle();
  await watch(bread, null);
  expect(await list(`shopId=${shopId}`)).toEqual([]);
});

test('a product that was never in the shop cannot be watched there', async () => {
  expect((await watch(milk, 5)).body.code).toBe('INVENTORY_NOT_FOUND');
  await move(milk, 5);
  expect((await watch(milk, -1)).body.code).toBe('REQUEST_INVALID');
});

test('a shop’s list shows what may be sold online beside what is on hand', async () => {
  await move(milk, 10);
  await move(bread, 4);
  const grant = { grantId: hub.kernel.newId(), quantity: 3 };
  await hub.call('POST', `/inventory/${shopId}/${bread.productId}/online-rights`, grant);
  const { body } = await hub.call('GET', `/inventory/${shopId}`);
  const seen = body.items.map((level: { totalStock: number; onlineAvailable: number }) => [
    level.totalStock,
    level.onlineAvailable,
  ]);
  expect(seen).toEqual([
    [10, 0],
    [4, 3],
  ]);
  expect((await read(bread)).onlineAvailable).toBe(3);
});

test('a cancelled order gives its goods back even when nobody released them, and never twice', async () => {
  await hub.call('POST', `/inventory/${shopId}/${milk.productId}/online-rights`, {
    grantId: hub.kernel.newId(),
    quantity: 5,
  });
  await move(milk, 5);
  const [reservationId, orderId] = [hub.kernel.newId(), hub.kernel.newId()];
  const lines = [{ productId: milk.productId, quantity: 5 }];
  await hub.client(InventoryServiceDefinition).reserveStock({ reservationId, orderId, shopId, lines });
  expect(await read(milk)).toMatchObject({ onlineAvailable: 0, totalStock: 5 });
  for (const cancelled of [orderId, orderId, hub.kernel.newId()]) {
    const event = createEvent(orderCancelled, {
      id: hub.kernel.newId(),
      source: 'butik/hub/order',
      subject: cancelled,
      time: new Date(hub.clock.nowMs).toISOString(),
      data: { orderId: cancelled, shopId, reason: 'regretted' },
    });
    await hub.kernel.bus.publish(event);
  }
  expect(await read(milk)).toMatchObject({ onlineAvailable: 5, totalStock: 5 });
});
