import { readFileSync } from 'node:fs';
import { type CursorsResponse, type PushRequest, pushRequestSchema } from '@butik/proto/facts/sync-wire';
import { fixtureUrl } from '@butik/sync/testing/fixture-url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStubHub, type StubHub } from '../testing/stub-hub.ts';
import { eventually, openTestShop, type TestShop } from '../testing/test-shop.ts';

const readFixture = (name: string) => readFileSync(fixtureUrl(name), 'utf8');

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
const said = <T extends object>(name: string) => JSON.parse(readFixture(name)) as T;
const answer = (path: string, status: number, name: string) => ({ path, status, body: said(name) });

test('[V3] a hub of version 1 gets what it can read, and its answers are understood', async () => {
  hub.answers.push(
    answer(PUSH, 503, 'busy-answer'),
    answer(PUSH, 409, 'push-after-gap-answer'),
    answer(PUSH, 200, 'push-orders-answer'),
    answer('/sync/v1/cursors', 200, 'cursors-answer'),
  );
  await shop.sell(2);
  shop.start();
  await eventually(() => expect(shop.replication.status().unsent.facts).toBe(0));
  await eventually(() => expect(hub.answers.map(({ path }) => path)).not.toContain('/sync/v1/cursors'));
  expect(shop.replication.status().channels).toContainEqual({
    channel: 'orders',
    lastSeq: 2,
    acknowledged: 2,
  });
});

test('[V3] a box of today pushes in the form of version 1, without a field that such a hub does not know', async () => {
  await shop.sell(1);
  shop.start();
  await eventually(() => expect(shop.replication.status().unsent.facts).toBe(0));
  const known = said<PushRequest>('push-orders');
  const sent = JSON.parse(hub.bodies[0]!) as PushRequest;
  expect(Object.keys(sent).toSorted()).toEqual(Object.keys(known).toSorted());
  expect(Object.keys(sent.facts[0]!).toSorted()).toEqual(Object.keys(known.facts[0]!).toSorted());
  expect(pushRequestSchema.parse(sent)).toEqual(sent);
  expect(hub.encodings).toEqual(['gzip']);
});

test('[V3] a hub of version 1 that holds less than it said gets the rest, and one that needs more than there is stops one channel only', async () => {
  await shop.sell(2);
  shop.start();
  await eventually(() => expect(shop.replication.status().unsent.facts).toBe(0));
  shop.store.db.exec('DELETE FROM outbox WHERE seq = 1');
  hub.facts.delete('orders');
  const unknown = answer('/sync/v1/kept', 404, 'unknown-path-answer');
  hub.answers.push(...Array.from({ length: 50 }, () => unknown));
  const held: CursorsResponse = said('cursors-answer');
  hub.answers.push({ path: '/sync/v1/cursors', status: 200, body: { ...held, cursors: {} } });
  shop.replication.wake();
  await eventually(() => expect(shop.replication.status().lastError?.code).toBe('ROUTE_NOT_FOUND'));
  await shop.moveStock();
  await eventually(() => expect(hub.facts.get('stock')).toHaveLength(1));
});
