import { v7 } from 'uuid';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openEmbeddedDocuments } from '../../kernel/documents/embedded/open-embedded-documents.ts';
import { createOrderWorld, type OrderProcess, type OrderWorld } from './testing/order-world.ts';
import { anOrder, place } from './testing/place-order.ts';

let world: OrderWorld;
let hub: OrderProcess;
beforeEach(async () => {
  world = await createOrderWorld();
  hub = await world.start();
});
afterEach(() => world.close());

const post = (request: object, key?: string) =>
  hub.call('POST', '/orders', request, key === undefined ? {} : { 'idempotency-key': key });

test('an order is priced as the shop sells, and answered with where it is', async () => {
  const request = anOrder(world);
  const { status, headers, body } = await post(request, v7());
  expect(status).toBe(201);
  expect(headers.location).toBe(`/v1/orders/${body.orderId}`);
  expect(body).toMatchObject({
    kind: 'online',
    status: 'pending',
    businessDay: '2026-11-22',
    currency: 'SEK',
    totalMinor: 3180,
    payableMinor: 3180,
    userId: 'u1',
    paymentMethod: 'swish',
    contact: { email: 'eva@example.org', language: 'sv' },
    receipt: null,
    nodeId: null,
    lines: [{ productId: request.items[0]!.productId, quantity: 2, unitPriceMinor: 1590, amountMinor: 3180 }],
    saga: { state: 'reserving', attempts: 0, lastError: null },
  });
  expect(JSON.stringify(body)).not.toContain(request.payment.payer);
  await hub.idle();
  const { body: page } = await hub.call('GET', `/orders?shopId=${request.shopId}`);
  expect(page.items).toMatchObject([{ orderId: body.orderId, status: 'confirmed' }]);
});

test('the same key gets the first answer, whatever has become of the order and the goods since', async () => {
  const request = anOrder(world);
  const key = v7();
  const first = await post(request, key);
  await hub.idle();
  world.retired.add(request.items[0]!.productId);
  const again = await post(request, key);
  expect(again).toMatchObject({ status: 201, headers: { 'idempotency-replayed': 'true' } });
  expect(again.headers.location).toBe(first.headers.location);
  expect(again.body).toEqual(first.body);
  await hub.call('POST', `/orders/${first.body.orderId}/cancel`, { reason: 'slut' });
  await hub.idle();
  expect((await post(request, key)).body).toEqual(first.body);
});

test('the same key twenty times at once makes one order', async () => {
  const request = anOrder(world);
  const key = v7();
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(request, key)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  expect(new Set(answers.map(({ body }) => body.orderId)).size).toBe(1);
  await hub.idle();
  expect(world.inventory.reservations.size).toBe(1);
  expect(world.events.map(({ type }) => type)).toEqual(['OrderCreated', 'OrderConfirmed']);
});

test('the same key for another order is refused, and no key at all', async () => {
  const request = anOrder(world);
  const key = v7();
  await post(request, key);
  const other = { ...request, items: [{ ...request.items[0]!, quantity: 3 }] };
  expect(await post(other, key)).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  expect(await post(request)).toMatchObject({ status: 400, body: { code: 'IDEMPOTENCY_KEY_MISSING' } });
  expect((await post(request, 'not-a-uuid')).status).toBe(400);
  await hub.idle();
});

test('what cannot be sold is refused whole, and leaves nothing behind', async () => {
  const request = anOrder(world);
  const { productId } = request.items[0]!;
  const unknown = { ...request, items: [...request.items, { productId: v7(), quantity: 1 }] };
  expect((await post(unknown, v7())).body.code).toBe('PRODUCT_NOT_FOUND');
  world.retired.add(productId);
  const retired = await post(request, v7());
  expect(retired.body).toMatchObject({ code: 'PRODUCT_NOT_FOR_SALE', details: { line: 0, productId } });
  for (const items of [[], [{ productId, quantity: 0 }], [{ productId, quantity: 1.5 }]]) {
    expect((await post({ ...request, items }, v7())).body.code).toBe('REQUEST_INVALID');
  }
  expect((await hub.call('GET', '/orders')).body.items).toEqual([]);
});

test('control characters in what an order says of its customer are refused before any goods are held', async () => {
  const request = anOrder(world);
  for (const [changes, path] of [
    [{ userId: 'u\u00001' }, 'body.userId'],
    [{ payment: { method: 'swish', payer: '4670\u00001' } }, 'body.payment.payer'],
    [{ contact: { email: 'eva\u0000@example.org' } }, 'body.contact.email'],
    [{ contact: { phone: '+46701234567\n' } }, 'body.contact.phone'],
    [{ contact: { language: 'sv\u0000' } }, 'body.contact.language'],
  ] as const) {
    const { status, body } = await post({ ...request, ...changes }, v7());
    expect([status, body.details?.fields[0].path]).toEqual([400, path]);
  }
  expect(world.inventory.reservations.size).toBe(0);
  const placed = await place(hub, request);
  await hub.idle();
  const noted = { status: 'processing', note: 'a\u0000b' };
  const refused = await hub.call('PUT', `/orders/${placed.orderId}/status`, noted);
  expect(refused).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
});

/** Cursors of the list that were changed by hand, or come from a list with other filters. */
function forge(cursor: string): string[] {
  const key = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  const { sk: _, ...short } = key;
  return [
    short,
    { ...key, gs2pk: 'x' },
    { ...key, pk: 'x' },
    { ...key, gs3sk: '0' },
    { ...key, gs3sk: '~' },
  ].map((forged) => Buffer.from(JSON.stringify(forged)).toString('base64url'));
}

test('a list never fails for its cursor or its times', async () => {
  await place(hub, anOrder(world));
  await place(hub, anOrder(world));
  await hub.idle();
  const { body } = await hub.call('GET', '/orders?limit=1');
  expect((await hub.call('GET', `/orders?limit=1&cursor=${body.next}`)).body.items).toHaveLength(1);
  const times = 'from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z';
  for (const cursor of forge(body.next)) {
    for (const filter of ['limit=1', times]) {
      const { status } = await hub.call('GET', `/orders?${filter}&cursor=${cursor}`);
      expect([200, 400], `${filter} ${Buffer.from(cursor, 'base64url')}`).toContain(status);
    }
  }
  const [short] = forge(body.next);
  expect((await hub.call('GET', `/orders?cursor=${short}`)).body.code).toBe('REQUEST_INVALID');
  const years = [
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '%2B9999-01-01T00:00:00Z',
    '%2B010000-01-01T00:00:00Z',
    '-000001-01-01T00:00:00Z',
  ];
  const shop = `&shopId=${v7()}`;
  for (const from of years) {
    for (const to of [...years, '2026-11-22T00:00:00Z']) {
      for (const more of ['', shop]) {
        const { status } = await hub.call('GET', `/orders?from=${from}&to=${to}${more}`);
        expect([200, 400], `${from} ${to}`).toContain(status);
      }
      const days = `from=${from.replace(/T.*/, '')}&to=${to.replace(/T.*/, '')}`;
      expect([200, 400], days).toContain((await hub.call('GET', `/orders/summary?${days}${shop}`)).status);
    }
  }
});

test('head office takes an order from confirmed to completed, and its history says who', async () => {
  const placed = await place(hub, anOrder(world));
  const setStatus = (status: string) => hub.call('PUT', `/orders/${placed.orderId}/status`, { status });
  await hub.idle();
  expect((await setStatus('processing')).body.status).toBe('processing');
  expect((await setStatus('processing')).status).toBe(200);
  expect((await setStatus('completed')).body).toMatchObject({ status: 'completed', saga: { state: 'done' } });
  expect((await setStatus('processing')).body).toMatchObject({
    code: 'ORDER_TRANSITION_ILLEGAL',
    details: { from: 'completed', to: 'processing' },
  });
  await hub.idle();
  const types = world.events.map(({ type }) => type);
  expect(types).toEqual(['OrderCreated', 'OrderConfirmed', 'OrderCompleted']);
  const { body } = await hub.call('GET', `/orders/${placed.orderId}/history`);
  expect(body.items.map((one: { status: string; by: string }) => `${one.status} ${one.by}`)).toEqual([
    'pending user:anna',
    'confirmed service:order',
    'processing user:anna',
    'completed user:anna',
  ]);
});

test('an order that is not paid yet cannot be handed over', async () => {
  world.payments.customer = 'hesitates';
  const placed = await place(hub, anOrder(world));
  await hub.idle();
  const early = await hub.call('PUT', `/orders/${placed.orderId}/status`, { status: 'processing' });
  expect(early.body).toMatchObject({ code: 'ORDER_TRANSITION_ILLEGAL', details: { from: 'pending' } });
});

test('another service reads whom to tell, and why an order was cancelled', async () => {
  const placed = await place(hub, anOrder(world));
  await hub.idle();
  await hub.call('POST', `/orders/${placed.orderId}/cancel`, { reason: 'slut' });
  await hub.idle();
  expect(await hub.rpc.getOrder({ orderId: placed.orderId })).toMatchObject({
    orderId: placed.orderId,
    shopId: placed.shopId,
    kind: 'online',
    status: 'cancelled',
    payableMinor: 3180,
    userId: 'u1',
    contact: { email: 'eva@example.org', phone: '', language: 'sv' },
    lines: [{ name: 'Kaffe', quantity: 2, unit: 'piece', amountMinor: 3180 }],
    cancelReason: 'slut',
  });
  await expect(hub.rpc.getOrder({ orderId: v7() })).rejects.toMatchObject({ code: 'ORDER_NOT_FOUND' });
});

test('an order that nobody knows can be neither changed nor cancelled', async () => {
  const url = `/orders/${v7()}`;
  expect((await hub.call('POST', `${url}/cancel`, { reason: 'slut' })).status).toBe(404);
  expect((await hub.call('PUT', `${url}/status`, { status: 'completed' })).status).toBe(404);
});

test('an order that this service cannot go on with waits its turn, and holds up no order after it', async () => {
  const documents = await openEmbeddedDocuments({ directory: ':memory:' });
  const stuck = await createOrderWorld(documents);
  const process = await stuck.start();
  stuck.faults.plan = () => 'unavailable';
  const { orderId } = await place(process, anOrder(stuck));
  await process.idle();
  const send = documents.client.send.bind(documents.client) as (command: object) => Promise<unknown>;
  let tries = 0;
  const refusing = vi.spyOn(documents.client, 'send').mockImplementation(async (command: object) => {
    if (command.constructor.name !== 'PutItemCommand') return await send(command);
    tries++;
    throw Object.assign(new Error('An item of this size'), { name: 'ValidationException' });
  });
  for (let second = 0; second < 30; second++) {
    stuck.clock.nowMs += 1_000;
    await process.sweep();
  }
  // Once, and once more a lease later.
  expect(tries).toBe(2);
  const { body } = await process.call('GET', `/orders/${orderId}`);
  expect(Date.parse(body.saga.dueAt)).toBeGreaterThan(stuck.clock.nowMs);
  refusing.mockRestore();
  stuck.faults.plan = () => 'none';
  stuck.clock.nowMs += 60_000;
  await process.sweep();
  expect((await process.call('GET', `/orders/${orderId}`)).body.status).toBe('cancelled');
  await stuck.close();
});

test('an order that goes well costs four writes and no read', async () => {
  const documents = await openEmbeddedDocuments({ directory: ':memory:' });
  const counted = await createOrderWorld(documents);
  const process = await counted.start();
  const send = vi.spyOn(documents.client, 'send');
  await place(process, anOrder(counted));
  await process.idle();
  // What the relay reads and deletes is the outbox's, and shared by many orders.
  const requests = send.mock.calls
    .map(([command]) => ({ name: command.constructor.name, input: JSON.stringify(command.input) }))
    .filter(({ input }) => /"Put"|"Item"/.test(input) || !input.includes('outbox'));
  const names = requests.map(({ name }) => name.replace('Command', ''));
  expect(names.sort()).toEqual(['PutItem', 'PutItem', 'TransactWriteItems', 'TransactWriteItems']);
  await counted.close();
});
