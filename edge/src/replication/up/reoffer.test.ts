import { numberedId } from '@butik/sync/testing/numbered-id';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStubHub, type StubHub } from '../testing/stub-hub.ts';
import { eventually, openTestShop, type TestShop } from '../testing/test-shop.ts';

let hub: StubHub;
let shop: TestShop;
beforeEach(async () => {
  hub = await openStubHub();
  shop = openTestShop(hub);
  await shop.sell(6);
  shop.start();
  await sent();
});
afterEach(async () => {
  await shop.close();
  await hub.close();
});

const sent = () => eventually(() => expect(shop.replication.status().unsent.facts).toBe(0));
const held = () => (hub.facts.get('orders') ?? []).map(({ seq }) => seq);
const holds = (...numbers: number[]) => eventually(() => expect(held()).toEqual(numbers));
/** Deletes the shop's oldest facts, as when their days are over. */
const prune = (upTo: number) => shop.store.db.exec(`DELETE FROM outbox WHERE seq <= ${upTo}`);
const lose = (...numbers: number[]) =>
  hub.facts.set(
    'orders',
    hub.facts.get('orders')!.filter(({ seq }) => !numbers.includes(seq)),
  );
const range = { id: numberedId(1), channel: 'orders', from: 2, to: 4 } as const;

test('[U24] a hub that was restored from an older backup gets its facts back though nothing is sold', async () => {
  lose(3, 4, 5, 6);
  shop.replication.wake();
  await holds(1, 2, 3, 4, 5, 6);
  expect(shop.replication.status().channels).toContainEqual({
    channel: 'orders',
    lastSeq: 6,
    acknowledged: 6,
  });
});

test('[U24] a hub that was away is asked what it holds as soon as it is back', async () => {
  shop.line.isCut = true;
  await shop.sell(1);
  await eventually(() => expect(shop.replication.status().hub).toBe('unreachable'));
  hub.facts.delete('orders');
  shop.line.isCut = false;
  await holds(1, 2, 3, 4, 5, 6, 7);
});

test('[U23] a range that the hub asks for is sent again, and told to be whole', async () => {
  lose(2, 3, 4);
  hub.reoffers = [range];
  shop.replication.wake();
  await holds(1, 2, 3, 4, 5, 6);
  await eventually(() => expect(hub.kept).toHaveLength(1));
  expect(hub.kept[0]).toMatchObject({
    channel: 'orders',
    from: 2,
    to: 4,
    oldestKept: 1,
    reofferId: range.id,
  });
  expect(hub.reoffers).toEqual([]);
  await shop.sell(1);
  await holds(1, 2, 3, 4, 5, 6, 7);
});

test('[U23] of a range that is partly gone the box sends what it still has, and says what it has not', async () => {
  prune(2);
  hub.reoffers = [range];
  shop.replication.wake();
  await eventually(() => expect(hub.kept).toHaveLength(1));
  expect(hub.kept[0]).toMatchObject({ from: 2, to: 4, oldestKept: 3, reofferId: range.id });
  expect(hub.kept[0]!.prevHash).toBe(hub.facts.get('orders')![1]!.hash);
});

test('[U25] when the hub expects what the box no longer has, it is told so and nothing stalls', async () => {
  prune(4);
  lose(2, 3, 4, 5, 6);
  await shop.sell(1);
  await holds(1, 5, 6, 7);
  expect(hub.kept).toMatchObject([{ from: 2, oldestKept: 5, reofferId: null }]);
  await sent();
});

test('a hub that cannot take note of it at first is told again', async () => {
  prune(4);
  lose(2, 3, 4, 5, 6);
  hub.answers.push({ path: '/sync/v1/kept', status: 404, body: { message: 'Route not found' } });
  await shop.sell(1);
  await holds(1, 5, 6, 7);
});
