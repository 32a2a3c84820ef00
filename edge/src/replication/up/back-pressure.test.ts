import { CHANNELS, type Channel, defineFact } from '@butik/proto/facts/define-fact';
import { numberedId } from '@butik/sync/testing/numbered-id';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { openStubHub, type StubHub } from '../testing/stub-hub.ts';
import { eventually, openTestShop, type TestShop } from '../testing/test-shop.ts';
import { retryAfterMs } from './retry-after.ts';

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
const HOUR = { 'retry-after': '3600' };
const payload = z.strictObject({ note: z.string() });
const note = (channel: Channel, text = '') =>
  shop.store.write((db) =>
    shop.facts.append(db, defineFact({ type: 'shop.noted', version: 1, channel, payload }), {
      aggregate: numberedId(9),
      payload: { note: text },
    }),
  );
const busy = (channel: Channel) => ({
  path: PUSH,
  status: 503,
  headers: HOUR,
  body: {
    ...{ type: 'about:blank', title: '', status: 503, detail: 'busy', remedy: '' },
    code: 'HUB_BUSY',
    details: { channel },
  },
});
const pushed = () => hub.pushes.map(({ channel }) => channel);

test('[U19] a hub that is busy gets no telemetry for an hour, and payments at once', async () => {
  hub.answers.push(busy('operations'));
  await note('operations');
  await note('telemetry');
  shop.start();
  await eventually(() => expect(shop.replication.status().lastError?.code).toBe('HUB_BUSY'));
  expect(shop.replication.status().hub).toBe('connected');
  await note('payments');
  await shop.sell(1);
  await eventually(() => expect(pushed()).toEqual(['payments', 'orders']));
  // What less urgent facts come still waits.
  await note('telemetry');
  await note('payments');
  await eventually(() => expect(pushed()).toEqual(['payments', 'orders', 'payments']));
});

test('[U19] a hub that refuses everything for an hour is left alone, whatever is sold', async () => {
  hub.answers.push({ path: PUSH, status: 503, headers: HOUR });
  await shop.sell(1);
  shop.start();
  await eventually(() => expect(shop.replication.status().lastError).not.toBeNull());
  const asked = hub.requests;
  await shop.sell(3);
  expect(hub.requests).toBe(asked);
  expect(shop.replication.status().unsent.sales).toBe(4);
  await eventually(() => {
    shop.replication.wake();
    expect(shop.replication.status().unsent.sales).toBe(0);
  });
});

test('[U17] of weeks of everything each channel gets its share, payments first', async () => {
  await shop.store.write((db) => {
    for (const channel of CHANNELS) {
      const definition = defineFact({ type: 'shop.noted', version: 1, channel, payload });
      const text = 'x'.repeat(900_000);
      for (let facts = 0; facts < 6; facts++)
        shop.facts.append(db, definition, { aggregate: numberedId(9), payload: { note: text } });
    }
  });
  shop.start();
  await eventually(() => expect(shop.replication.status().unsent.facts).toBe(0));
  const order = pushed();
  expect(order).toHaveLength(30);
  // A round is five batches of payments, five of orders, three of stock, two of operations and one of telemetry.
  const first = ['payments', 'orders', 'stock', 'operations', 'telemetry'].flatMap((channel, index) =>
    Array<string>([5, 5, 3, 2, 1][index]!).fill(channel),
  );
  expect(order.slice(0, 16)).toEqual(first);
  expect(order.slice(16, 18)).toEqual(['payments', 'orders']);
});

test('[U19] to wait may be told in seconds or as a date, and nonsense is no time', () => {
  const told = (value: string, date = 'Sun, 01 Mar 2026 12:00:00 GMT') =>
    retryAfterMs(new Headers({ 'retry-after': value, date }));
  expect(told('5')).toBe(5_000);
  expect(told('Sun, 01 Mar 2026 12:00:30 GMT')).toBe(30_000);
  expect(told('Sun, 01 Mar 2026 11:00:00 GMT')).toBe(0);
  expect([told('soon'), told('-3'), told(''), retryAfterMs(new Headers())]).toEqual([0, 0, 0, 0]);
});
