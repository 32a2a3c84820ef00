import { type PriceRow, prices } from '@butik/proto/collections/prices';
import type { ProductRow } from '@butik/proto/collections/products';
import { products } from '@butik/proto/collections/products';
import {
  type ChangeMessage,
  isChangeMessage,
  isControlMessage,
  type Message,
  Shape,
  ShapeStream,
} from '@electric-sql/client';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sql } from '../kernel/sql/sql.ts';
import { makeTestDatabase, type TestDatabase } from '../kernel/sql/testing/test-database.ts';
import { type Feed, openFeed } from './open-feed.ts';
import { shapeRoutes } from './shape-routes.ts';
import { ensureFeedTables } from './tables.ts';
import { listen } from './test-feed.ts';
import { deleteRows, upsertRows } from './write-rows.ts';

/** What a shop's box sees with the official client, over a hub that keeps its data on disk. */
let database: TestDatabase;
let sql: Sql;
let feed: Feed;
let served: Awaited<ReturnType<typeof listen>>;
let port: number;

beforeAll(async () => {
  database = await makeTestDatabase();
  await start();
}, 60_000);
afterAll(async () => {
  await stop();
  await database.drop();
});

/** Few bytes a chunk make many of a table of the tests; in the field a small one is a single chunk. */
async function start(chunkBytes = 4000): Promise<void> {
  sql = await database.open();
  await ensureFeedTables(sql);
  feed = await openFeed({ sql, logger: console, chunkBytes });
  served = await listen(shapeRoutes(feed.shapes));
  port = Number(new URL(served.url).port);
}

async function stop(): Promise<void> {
  await served.close();
  await feed.close();
  await sql.close();
}

const product = (code: string, name: string): ProductRow => ({
  id: uuidv7(),
  code,
  name,
  description: null,
  unit: 'piece',
  vat_category: 'food',
  category: null,
  attributes: { note: 'a/b "c" åäö' },
  active: true,
});
const price = (id: string, productId: string, scope: string, amount: number): PriceRow => ({
  id,
  product_id: productId,
  scope,
  amount_minor: amount,
  currency: 'SEK',
  valid_from: '2026-01-01T00:00:00.000Z',
  valid_to: null,
});

/** A stream whose batches can be awaited one by one. */
function follow(
  params: Record<string, string>,
  at: { offset?: ShapeStream['lastOffset']; handle?: string } = {},
) {
  const ending = new AbortController();
  const stream = new ShapeStream({
    url: `http://127.0.0.1:${port}/v1/shape`,
    params: { ...params, table: params.table! },
    signal: ending.signal,
    ...at,
  });
  const seen: Message[] = [];
  let wake: () => void = () => undefined;
  stream.subscribe((messages) => {
    seen.push(...messages);
    wake();
  });
  const until = async (done: (messages: Message[]) => boolean) => {
    while (!done(seen))
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return seen.splice(0).filter(isChangeMessage) as ChangeMessage[];
  };
  const upToDate = () =>
    until((messages) =>
      messages.some((message) => isControlMessage(message) && message.headers.control === 'up-to-date'),
    );
  return { stream, until, upToDate, end: () => ending.abort() };
}

test('a shop loads products in many chunks, then sees each change live, with its types', async () => {
  const rows = Array.from({ length: 200 }, (_, n) => product(`code-${n}`, `Product ${n}`));
  await sql.transaction((tx) => upsertRows(tx, products, rows));
  const followed = follow({ table: 'feed.products' });
  const loaded = await followed.upToDate();
  expect(loaded).toHaveLength(200);
  expect(loaded.find(({ value }) => value.id === rows[7]!.id)?.value).toEqual(rows[7]);

  await sql.transaction((tx) =>
    upsertRows(tx, products, [{ ...rows[0]!, name: 'Renamed', active: false }, rows[1]!]),
  );
  const [update, ...others] = await followed.upToDate();
  expect(update).toMatchObject({
    value: { id: rows[0]!.id, name: 'Renamed', active: false },
    headers: { operation: 'update', last: true },
  });
  expect(others).toEqual([]);

  await sql.transaction((tx) => deleteRows(tx, products, [{ id: rows[1]!.id }]));
  expect(await followed.upToDate()).toMatchObject([
    { value: { id: rows[1]!.id }, headers: { operation: 'delete' } },
  ]);
  followed.end();
});

test('a product and its price that change in one transaction carry one position', async () => {
  const row = product('together', 'Together');
  const both = [
    follow({ table: 'feed.products' }),
    follow({ table: 'feed.prices', where: 'scope = $1', 'params[1]': 'chain' }),
  ];
  for (const { upToDate } of both) await upToDate();
  await sql.transaction(async (tx) => {
    await upsertRows(tx, products, [row]);
    await upsertRows(tx, prices, [price('together', row.id, 'chain', 1990)]);
  });
  const [[inProducts], [inPrices]] = (await Promise.all(both.map(({ upToDate }) => upToDate()))) as [
    ChangeMessage[],
    ChangeMessage[],
  ];
  expect(inProducts?.headers.lsn).toMatch(/^\d+$/);
  expect(inPrices?.headers.lsn).toBe(inProducts?.headers.lsn);
  for (const { end } of both) end();
});

test('a price that moves between scopes leaves one shop and reaches the other', async () => {
  const id = uuidv7();
  await sql.transaction((tx) => upsertRows(tx, prices, [price('moving', id, 'shop:a', 100)]));
  const shop = (name: string) =>
    follow({
      table: 'feed.prices',
      where: 'scope IN ($1, $2)',
      'params[1]': 'chain',
      'params[2]': `shop:${name}`,
    });
  const [a, b] = [shop('a'), shop('b')];
  await a.upToDate();
  await b.upToDate();
  await sql.transaction((tx) => upsertRows(tx, prices, [price('moving', id, 'shop:b', 100)]));
  expect(await a.upToDate()).toMatchObject([{ headers: { operation: 'delete' }, value: { id: 'moving' } }]);
  expect(await b.upToDate()).toMatchObject([
    { headers: { operation: 'insert' }, value: price('moving', id, 'shop:b', 100) },
  ]);
  a.end();
  b.end();
});

test.each([
  { load: 'many chunks', chunkBytes: 4000 },
  { load: 'one chunk', chunkBytes: 4_000_000 },
])(
  'a shop that kept its offset and handle after a load in $load goes on where it was after the hub restarted',
  {
    timeout: 30_000,
  },
  async ({ load, chunkBytes }) => {
    await fetch(`${served.url}/v1/shape?table=feed.products`, { method: 'DELETE' });
    await stop();
    await start(chunkBytes);
    const before = follow({ table: 'feed.products' });
    await before.upToDate();
    const at = { offset: before.stream.lastOffset, handle: before.stream.shapeHandle! };
    before.end();
    const row = product(`while-away-${chunkBytes}`, `Made while away, ${load}`);
    await sql.transaction((tx) => upsertRows(tx, products, [row]));
    await stop();
    await start(chunkBytes);
    const after = follow({ table: 'feed.products' }, at);
    expect(await after.upToDate()).toMatchObject([
      { value: { code: row.code }, headers: { operation: 'insert' } },
    ]);
    expect(after.stream.shapeHandle).toBe(at.handle);
    after.end();
  },
);

test('a shop that must fetch anew ends with the same rows', async () => {
  const ending = new AbortController();
  const stream = new ShapeStream({
    url: `${served.url}/v1/shape`,
    params: { table: 'feed.products' },
    signal: ending.signal,
  });
  const shape = new Shape(stream);
  const before = await shape.rows;
  const handle = stream.shapeHandle;
  await fetch(`${served.url}/v1/shape?table=feed.products`, { method: 'DELETE' });
  const row = product('afterwards', 'Made afterwards');
  const changed = new Promise<void>((resolve) => {
    shape.subscribe(({ rows }) => {
      if (rows.length === before.length + 1) resolve();
    });
  });
  await sql.transaction((tx) => upsertRows(tx, products, [row]));
  await changed;
  expect(shape.currentRows.find(({ code }) => code === 'afterwards')).toEqual(row);
  expect(stream.shapeHandle).not.toBe(handle);
  ending.abort();
});
