import { ButikError } from '@butik/proto/errors/butik-error';
import { defineFact } from '@butik/proto/facts/define-fact';
import { saleRecorded } from '@butik/proto/facts/sale-recorded';
import { numberedId } from '@butik/sync/testing/numbered-id';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { openStubHub, type StubHub } from '../testing/stub-hub.ts';
import { aSale, eventually, openTestShop, type TestShop } from '../testing/test-shop.ts';

let hub: StubHub;
let shop: TestShop;
beforeEach(async () => {
  hub = await openStubHub();
  shop = openTestShop(hub);
});
afterEach(async () => {
  await shop.close();
  await hub.close();
});

const PUSH = '/sync/v1/push';
const captured = defineFact({
  type: 'payment.captured',
  version: 1,
  channel: 'payments',
  payload: z.strictObject({ amountMinor: z.int() }),
});
const pay = () =>
  shop.store.write((db) =>
    shop.facts.append(db, captured, { aggregate: numberedId(9), payload: { amountMinor: 100 } }),
  );
const sent = () => eventually(() => expect(shop.replication.status().unsent.facts).toBe(0));
const heldSales = () => (hub.facts.get('orders') ?? []).map(({ seq }) => seq);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test('sales reach the hub as they are made', async () => {
  shop.start();
  await shop.sell(2);
  await sent();
  expect(heldSales()).toEqual([1, 2]);
  await shop.sell(1);
  await sent();
  expect(heldSales()).toEqual([1, 2, 3]);
  expect(shop.replication.status()).toMatchObject({
    hub: 'connected',
    unsent: { facts: 0, sales: 0, oldestAt: null },
    channels: expect.arrayContaining([{ channel: 'orders', lastSeq: 3, acknowledged: 3 }]),
  });
});

test('[U4] what was paid goes before weeks of sales', async () => {
  await shop.sell(3);
  await pay();
  shop.start();
  await sent();
  expect(hub.pushes).toEqual([
    { channel: 'payments', facts: 1 },
    { channel: 'orders', facts: 3 },
  ]);
});

test('[U13] weeks of sales made without a line are sent in batches, each once', async () => {
  await shop.store.write((db) => {
    for (let sale = 0; sale < 2_500; sale += 1) {
      const payload = aSale();
      shop.facts.append(db, saleRecorded, { aggregate: payload.saleId, payload });
    }
  });
  shop.start();
  expect(shop.replication.status().unsent).toMatchObject({
    facts: 2_500,
    sales: 2_500,
    oldestAt: expect.any(String),
  });
  await sent();
  expect(heldSales()).toEqual(upTo(2_500));
  expect(hub.pushes.length).toBeGreaterThan(2);
  expect(hub.pushes.reduce((sum, { facts }) => sum + facts, 0)).toBe(2_500);
  expect(Math.max(...hub.pushes.map(({ facts }) => facts))).toBeLessThanOrEqual(1_000);
});

test('[U13] a hub that is away, busy or broken delays sales and loses none', async () => {
  shop.line.isCut = true;
  shop.start();
  await shop.sell(2);
  await eventually(() =>
    expect(shop.replication.status().lastError).toMatchObject({ code: 'SERVICE_UNAVAILABLE' }),
  );
  expect(shop.replication.status()).toMatchObject({ hub: 'unreachable', unsent: { sales: 2 } });

  hub.answers.push({ path: PUSH, status: 503, headers: { 'retry-after': '0' } }, { path: PUSH, status: 500 });
  hub.answers.push({ path: PUSH, status: 200, body: { hello: 'this is a captive portal' } });
  shop.line.isCut = false;
  await sent();
  expect(heldSales()).toEqual([1, 2]);
  expect(shop.replication.status().hub).toBe('connected');
});

test('[U6] an answer that was lost on the way leads to one effect', async () => {
  await shop.sell(2);
  shop.start();
  await sent();
  await shop.replication.close();
  shop.store.db.exec('DROP TRIGGER channels_never_go_back');
  shop.store.db.exec(`UPDATE channels SET acknowledged = 0 WHERE channel = 'orders'`);
  shop.start();
  await sent();
  expect(heldSales()).toEqual([1, 2]);
  expect(hub.pushes).toHaveLength(2);
});

test('[U7] a hub that lost its tail gets it again', async () => {
  await shop.sell(3);
  shop.start();
  await sent();
  hub.facts.set('orders', hub.facts.get('orders')!.slice(0, 1));
  await shop.sell(1);
  await sent();
  expect(heldSales()).toEqual([1, 2, 3, 4]);
});

test.each(['NODE_FENCED', 'NODE_FORKED', 'NODE_TOKEN_INVALID'] as const)(
  '[U14] a box that is refused with %s says so, keeps its facts and goes on selling',
  async (code) => {
    hub.refusal = new ButikError(code);
    shop.start();
    await shop.sell(2);
    await eventually(() => expect(shop.replication.status().hub).toBe('refused'));
    expect(shop.replication.status().lastError).toMatchObject({ code });
    await shop.sell(1);
    expect(shop.replication.status().unsent.sales).toBe(3);

    hub.refusal = null;
    await sent();
    expect(heldSales()).toEqual([1, 2, 3]);
    expect(shop.replication.status().hub).toBe('connected');
  },
);

test('[U15] a payment batch that the hub will not take does not hold up the sales', async () => {
  hub.refusedChannel = 'payments';
  await pay();
  await shop.sell(1);
  shop.start();
  await eventually(() => expect(hub.pushes).toEqual([{ channel: 'orders', facts: 1 }]));
  hub.refusedChannel = null;
  await sent();
  expect(hub.pushes).toEqual([
    { channel: 'orders', facts: 1 },
    { channel: 'payments', facts: 1 },
  ]);
});

test('[C3] a box whose clock is years wrong learns the hub’s time and is let in', async () => {
  shop.clock.offsetMs = -3 * 365 * 86_400_000;
  shop.start();
  await shop.sell(1);
  await sent();
  expect(heldSales()).toEqual([1]);
  await eventually(() => expect(shop.replication.status().hub).toBe('connected'));
});
