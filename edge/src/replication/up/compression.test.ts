import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStubHub, type StubHub } from '../testing/stub-hub.ts';
import { eventually, openTestShop, type TestShop } from '../testing/test-shop.ts';

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

async function sellOne(): Promise<void> {
  await shop.sell(1);
  await eventually(() => expect(shop.replication.status().unsent.facts).toBe(0));
}

test('[U20] a hub that says nothing of zstd gets gzip', async () => {
  shop.start();
  await sellOne();
  await sellOne();
  expect(new Set(hub.encodings)).toEqual(new Set(['gzip']));
});

test('[U20] a hub that says it takes zstd gets it, and gzip again from when it no longer does', async () => {
  hub.acceptEncoding = 'zstd, gzip';
  shop.start();
  await eventually(() => expect(shop.replication.status().hub).toBe('connected'));
  await sellOne();
  await sellOne();
  expect(hub.encodings.at(-1)).toBe('zstd');

  hub.acceptEncoding = null;
  hub.refusedEncoding = 'zstd';
  await sellOne();
  expect(hub.encodings.slice(-2)).toEqual(['zstd', 'gzip']);
  expect(hub.facts.get('orders')!.map(({ seq }) => seq)).toEqual([1, 2, 3]);
});
