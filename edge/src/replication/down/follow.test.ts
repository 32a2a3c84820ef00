import { COLLECTIONS } from '@butik/proto/collections/registry';
import { numberedId } from '@butik/sync/testing/numbered-id';
import { pino } from 'pino';
import { v7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHubClient } from '../hub-client.ts';
import { createHubHealth } from '../hub-health.ts';
import { openStubHub, type StubHub } from '../testing/stub-hub.ts';
import { aPrice, aProduct, eventually, openTestShop, type TestShop } from '../testing/test-shop.ts';
import { openSession } from './follow-session.ts';
import type { Replica } from './replica.ts';

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

const insert = (collection: string, value: object) => ({
  collection,
  operation: 'insert' as const,
  value: value as Record<string, unknown>,
});
const update = (collection: string, value: Record<string, unknown>) => ({
  collection,
  operation: 'update' as const,
  value,
});
const names = () => shop.rows('SELECT name FROM products ORDER BY code').map(({ name }) => name);
const position = () => shop.replication.status().down.position;
const at = (expected: string) => eventually(() => expect(position()).toBe(expected));

test('the first load brings every row, in SQLite’s own types', async () => {
  hub.shapes.commit([insert('products', aProduct(1)), insert('prices', aPrice(1, 1490))]);
  shop.start();
  await at('2');
  expect(shop.rows('SELECT * FROM products')).toEqual([
    { ...aProduct(1), attributes: '{"ingredients":"salt"}', active: 1 },
  ]);
  expect(shop.rows('SELECT amount_minor, valid_to FROM prices')).toEqual([
    { amount_minor: 1490, valid_to: null },
  ]);
  expect(shop.cuts).toEqual([{ position: '2', changed: ['products', 'prices', 'shops'] }]);
  expect(shop.replication.status().down).toMatchObject({ upToDate: true, lastCutAt: expect.any(String) });
});

test('[D1, D5] a product and its price that the hub writes together appear together', async () => {
  shop.start();
  await at('1');
  hub.shapes.commit([insert('products', aProduct(1)), insert('prices', aPrice(1, 1490))]);
  await at('2');
  expect(shop.cuts.slice(1)).toEqual([{ position: '2', changed: ['products', 'prices'] }]);
  hub.shapes.commit([
    update('prices', { id: aPrice(1, 0).id, amount_minor: 990 }),
    update('products', { id: numberedId(1), name: 'Rea' }),
  ]);
  await at('3');
  expect(shop.cuts.slice(2)).toEqual([{ position: '3', changed: ['products', 'prices'] }]);
  expect(
    shop.rows('SELECT name, amount_minor FROM products JOIN prices ON product_id = products.id'),
  ).toEqual([{ name: 'Rea', amount_minor: 990 }]);
});

test('[D5] a price change does not wait for the collections that are quiet', async () => {
  shop.start();
  await at('1');
  const quiet = () => hub.shapes.requests.filter((request) => request === 'shops 0_0').length;
  // It waits at the hub for something that does not come.
  await eventually(() => expect(quiet()).toBe(1));
  hub.shapes.commit([insert('prices', aPrice(1, 1490))]);
  await at('2');
  expect(quiet()).toBeGreaterThan(1);
});

test('a row that is taken away at the hub is gone in the shop', async () => {
  hub.shapes.commit([insert('products', aProduct(1)), insert('products', aProduct(2))]);
  shop.start();
  await at('2');
  hub.shapes.commit([{ collection: 'products', operation: 'delete', value: { id: numberedId(1) } }]);
  await at('3');
  expect(names()).toEqual(['Vara 2']);
});

test('[D6] a refetch swaps the rows by difference, and the old ones sell until then', async () => {
  hub.shapes.commit([1, 2, 3].map((number) => insert('products', aProduct(number))));
  shop.start();
  await at('2');
  shop.store.db.exec(`CREATE TABLE touched (id TEXT, what TEXT);
    CREATE TRIGGER on_update AFTER UPDATE ON products BEGIN INSERT INTO touched VALUES (NEW.name, 'update'); END;
    CREATE TRIGGER on_insert AFTER INSERT ON products BEGIN INSERT INTO touched VALUES (NEW.name, 'insert'); END;
    CREATE TRIGGER on_delete AFTER DELETE ON products BEGIN INSERT INTO touched VALUES (OLD.name, 'delete'); END;`);
  hub.shapes.startOver('products', [aProduct(1), aProduct(2, 'Ny två'), aProduct(4)]);
  await at('3');
  expect(names()).toEqual(['Vara 1', 'Ny två', 'Vara 4']);
  expect(shop.rows('SELECT * FROM touched ORDER BY what')).toEqual([
    { id: 'Vara 3', what: 'delete' },
    { id: 'Vara 4', what: 'insert' },
    { id: 'Ny två', what: 'update' },
  ]);
  expect(shop.rows('SELECT count(*) AS n FROM products_staging')).toEqual([{ n: 0 }]);
});

test('[D7] after a restart the box goes on from its last cut, without loading anew', async () => {
  hub.shapes.commit([insert('products', aProduct(1))]);
  hub.shapes.commit([update('products', { id: numberedId(1), name: 'Mjölk' })]);
  shop.start();
  await at('3');
  await shop.restart();
  hub.shapes.requests.length = 0;
  hub.shapes.commit([insert('products', aProduct(2))]);
  shop.start();
  await at('4');
  expect(names()).toEqual(['Mjölk', 'Vara 2']);
  expect(hub.shapes.requests.filter((request) => request.endsWith(' -1'))).toEqual([]);
});

test('[D7] a load that was interrupted goes on where it was staged', async () => {
  hub.shapes.commit(Array.from({ length: 10 }, (_, number) => insert('products', aProduct(number + 1))));
  hub.shapes.chunkRows = 3;
  const { respond } = hub.shapes;
  hub.shapes.respond = (query, response) => {
    if (query.get('collection') !== 'products' || !['0_1', '0_2'].includes(query.get('offset')!))
      respond(query, response);
    else response.writeHead(503).end();
  };
  shop.start();
  await eventually(() =>
    expect(shop.rows('SELECT collection, offset FROM replica_staging')).toContainEqual({
      collection: 'products',
      offset: '0_1',
    }),
  );
  await shop.restart();
  hub.shapes.respond = respond;
  hub.shapes.requests.length = 0;
  shop.start();
  await at('2');
  expect(names()).toHaveLength(10);
  expect(hub.shapes.requests.filter((request) => request.startsWith('products'))[0]).toBe('products 0_1');
});

test('[D8] a change too large to hold is loaded anew through staging', async () => {
  shop.start();
  await at('1');
  hub.shapes.requests.length = 0;
  hub.shapes.commit(Array.from({ length: 10_001 }, (_, number) => insert('products', aProduct(number + 1))));
  await at('2');
  expect(names()).toHaveLength(10_001);
  expect(hub.shapes.requests).toContain('products -1');
});

test('a cut that the disk does not take counts as a failure, so that the box waits longer each time', async () => {
  const ports = { clock: { now: Date.now }, newId: () => v7() };
  const logger = pino({ level: 'silent' });
  const refused = new Error('database or disk is full');
  let progress = 0;
  let commits = 0;
  const replica: Replica = {
    resume: () => null,
    beginLoad: async () => undefined,
    stage: async () => undefined,
    forget: async () => undefined,
    cut: () => null,
    async commit() {
      commits += 1;
      throw refused;
    },
  };
  const session = openSession(
    {
      identity: shop.identity,
      hub: createHubClient({ identity: shop.identity, ports, health: createHubHealth(ports, logger), fetch }),
      replica,
      collections: COLLECTIONS,
      retry: { baseMs: 5, maxMs: 20 },
      onCut: () => undefined,
    },
    () => {
      progress += 1;
    },
  );
  expect(await session.ended).toBe(refused);
  await session.close();
  expect({ commits, progress }).toEqual({ commits: 1, progress: 0 });
});

test('[D9] a stream that goes on under another handle without saying so is loaded anew', async () => {
  hub.shapes.commit([insert('products', aProduct(1))]);
  const { respond } = hub.shapes;
  let isMoved = false;
  hub.shapes.respond = (query, response) => {
    if (isMoved || query.get('collection') !== 'products' || query.get('live') !== 'true') {
      respond(query, response);
      return;
    }
    isMoved = true;
    hub.shapes.startOver('products', [aProduct(2)], 'another');
    response.writeHead(200, {
      'electric-handle': 'another',
      'electric-offset': '0_0',
      'electric-cursor': '1',
    });
    response.end(JSON.stringify([{ headers: { control: 'up-to-date', global_last_seen_lsn: '3' } }]));
  };
  shop.start();
  await eventually(() => expect(names()).toEqual(['Vara 2']));
});
