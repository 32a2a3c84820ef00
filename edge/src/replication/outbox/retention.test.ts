import type { Fact } from '@butik/proto/facts/sync-wire';
import { verifyChain } from '@butik/sync/hash-chain';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sha256 } from '../../sha256.ts';
import { openStubHub, type StubHub } from '../testing/stub-hub.ts';
import { eventually, openTestShop, type TestShop } from '../testing/test-shop.ts';
import { PRUNE_STEP_FACTS, pruneAcknowledged } from './prune-acknowledged.ts';
import { startRetention } from './start-retention.ts';

const DAY_MS = 86_400_000;
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

const kept = () =>
  shop.rows(`SELECT channel, seq, id, hlc, type, version, aggregate, payload, prev_hash AS prevHash, hash
    FROM outbox WHERE channel = 'orders' ORDER BY seq`) as unknown as Fact[];
const numbers = () => kept().map(({ seq }) => seq);
async function sellDaysAgo(days: number, count: number): Promise<void> {
  shop.clock.offsetMs = -days * DAY_MS;
  await shop.sell(count);
  shop.clock.offsetMs = 0;
}
/** Sends everything, and then looks what is over 30 days old. */
async function sendAndPrune(
  needed: Record<string, number> = {},
  hubTime: number | null = Date.now(),
): Promise<void> {
  shop.start();
  await eventually(() => expect(shop.replication.status().unsent.facts).toBe(0));
  await prune(needed, hubTime);
}
async function prune(needed: Record<string, number>, hubTime: number | null): Promise<void> {
  const retention = startRetention({
    store: shop.store,
    logger: pino({ level: 'silent' }),
    keepDays: 30,
    hubTime: () => hubTime,
    neededFrom: () => new Map([['orders', needed.orders ?? 1_000_000]]),
  });
  await retention.prune();
  await retention.close();
}

test('[U22] what was sent stays for thirty days and then goes, and the chain still holds from the oldest on', async () => {
  await sellDaysAgo(31, 3);
  await sellDaysAgo(29, 2);
  await sendAndPrune();
  expect(numbers()).toEqual([4, 5]);
  const owner = { node: shop.identity.nodeId, epoch: 1 };
  verifyChain(sha256, owner, kept()[0]!.prevHash, kept());
  await shop.sell(1);
  expect(numbers()).toEqual([4, 5, 6]);
  verifyChain(sha256, owner, kept()[0]!.prevHash, kept());
  const acknowledged = () => shop.rows(`SELECT acknowledged FROM channels WHERE channel = 'orders'`);
  await eventually(() => expect(acknowledged()).toEqual([{ acknowledged: 6 }]));
  expect(hub.facts.get('orders')).toHaveLength(6);
});

test('[U22] what the hub has not acknowledged stays, however old', async () => {
  await sellDaysAgo(400, 2);
  await prune({}, Date.now());
  expect(numbers()).toEqual([1, 2]);
});

test('[U22] what the hub has asked for again stays until it is sent', async () => {
  await sellDaysAgo(31, 4);
  await sendAndPrune({ orders: 3 });
  expect(numbers()).toEqual([3, 4]);
});

test('[U22] a box that does not know the hub’s time deletes nothing: its own clock may be years ahead', async () => {
  await sellDaysAgo(31, 2);
  await sendAndPrune({}, null);
  expect(numbers()).toEqual([1, 2]);
});

test('[U22] weeks of facts go in small steps, of the channel alone, and none behind a younger one', async () => {
  await sellDaysAgo(31, PRUNE_STEP_FACTS + 20);
  await sellDaysAgo(1, 1);
  await sellDaysAgo(31, 1);
  await shop.moveStock();
  shop.start();
  await eventually(() => expect(shop.replication.status().unsent.facts).toBe(0));
  const step = { channel: 'orders', neededFrom: 1_000, beforeMs: Date.now() - 30 * DAY_MS } as const;
  expect(await shop.store.write((db) => pruneAcknowledged(db, step))).toBe(PRUNE_STEP_FACTS);
  expect(await shop.store.write((db) => pruneAcknowledged(db, step))).toBe(20);
  expect(await shop.store.write((db) => pruneAcknowledged(db, step))).toBe(0);
  expect(numbers()).toEqual([121, 122]);
  expect(shop.rows(`SELECT seq FROM outbox WHERE channel = 'stock'`)).toEqual([{ seq: 1 }]);
});
