import { type SQL, sql as template } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Sql } from '../../kernel/sql/sql.ts';
import { compactLog } from '../capture/compact-log.ts';
import { installCapture } from '../capture/install-capture.ts';
import {
  followToEnd,
  getShape,
  notificationsHeard,
  openItems,
  type ServedShapes,
  serveShapes,
} from '../test-feed.ts';
import { pruneShapes, SHAPE_LIMITS } from './prune-shapes.ts';
import { dropShapes } from './shape-store.ts';

let sql: Sql;
let served: ServedShapes;
let url: string;
const items = { table: 'items' };

beforeAll(async () => {
  sql = await openItems();
}, 30_000);
afterAll(() => sql.close());
beforeEach(async () => {
  await sql.rows(template`DELETE FROM items`);
  await sql.rows(template`DELETE FROM feed.shapes`);
  await sql.rows(
    template`INSERT INTO items VALUES (1, 'milk', 'A', '{"cold","white"}'), (2, 'bread', 'B', NULL)`,
  );
  served = await serveShapes(sql, { holdMs: 50 });
  url = served.url;
});
afterEach(() => served.close());

test('a shape begins with its snapshot and the next request is up to date', async () => {
  const first = await getShape(url, { ...items, offset: '-1' });
  expect(first.status).toBe(200);
  expect(first.headers.has('electric-up-to-date')).toBe(false);
  expect(first.body).toEqual([
    {
      key: '"public"."items"/"1"',
      value: { id: '1', name: 'milk', shelf: 'A', tags: '{cold,white}' },
      headers: { operation: 'insert', relation: ['public', 'items'] },
    },
    {
      key: '"public"."items"/"2"',
      value: { id: '2', name: 'bread', shelf: 'B', tags: null },
      headers: { operation: 'insert', relation: ['public', 'items'] },
    },
    {
      headers: {
        control: 'snapshot-end',
        xmin: expect.stringMatching(/^\d+$/),
        xmax: expect.stringMatching(/^\d+$/),
        xip_list: expect.any(Array),
      },
    },
  ]);
  expect(first.offset).toBe('0_0');
  expect(JSON.parse(first.headers.get('electric-schema')!)).toEqual({
    id: { type: 'int4', not_null: true, pk_index: 0 },
    name: { type: 'text', not_null: true },
    shelf: { type: 'text' },
    tags: { type: 'text', dims: 1 },
  });
  const second = await getShape(url, { ...items, offset: first.offset, handle: first.handle });
  expect(second.headers.has('electric-up-to-date')).toBe(true);
  expect(second.body).toEqual([
    { headers: { control: 'up-to-date', global_last_seen_lsn: await position() } },
  ]);
});

test('the log carries updates, deletes and inserts with their position, and marks a transaction’s last', async () => {
  const start = await followToEnd(url, items);
  await sql.transaction(async (tx) => {
    await tx.rows(template`UPDATE items SET shelf = 'C' WHERE id = 1`);
    await tx.rows(template`DELETE FROM items WHERE id = 2`);
  });
  await sql.rows(template`INSERT INTO items VALUES (3, 'salt')`);
  const answer = await getShape(url, { ...items, offset: start.offset, handle: start.handle });
  const lsn = Number(start.position);
  expect(
    answer.changes.map(({ key, value, headers }) => ({ key, value, headers: { ...headers, txids: 'some' } })),
  ).toEqual([
    {
      key: '"public"."items"/"1"',
      value: { id: '1', shelf: 'C' },
      headers: change('update', lsn + 1, 0),
    },
    {
      key: '"public"."items"/"2"',
      value: { id: '2' },
      headers: { ...change('delete', lsn + 1, 1), last: true },
    },
    {
      key: '"public"."items"/"3"',
      value: { id: '3', name: 'salt', shelf: null, tags: null },
      headers: { ...change('insert', lsn + 2, 0), last: true },
    },
  ]);
  expect(answer.position).toBe(String(lsn + 2));
  expect(answer.offset).toBe(`${lsn + 2}_0`);
});

test('replica=full sends whole rows and what an update replaced', async () => {
  const full = { ...items, replica: 'full' };
  const start = await followToEnd(url, full);
  await sql.rows(template`UPDATE items SET shelf = 'C' WHERE id = 1`);
  await sql.rows(template`DELETE FROM items WHERE id = 2`);
  const { changes } = await getShape(url, { ...full, offset: start.offset, handle: start.handle });
  expect(changes[0]).toMatchObject({
    value: { id: '1', name: 'milk', shelf: 'C' },
    old_value: { shelf: 'A' },
  });
  expect(changes[0]).not.toHaveProperty('old_value.name');
  expect(changes[1]).toMatchObject({ value: { id: '2', name: 'bread' }, headers: { operation: 'delete' } });
});

test('rows that enter or leave the condition are inserts and deletes', async () => {
  const onShelf = { ...items, where: 'shelf = $1', 'params[1]': 'A' };
  const start = await followToEnd(url, onShelf);
  expect(start.changes.map(({ value }) => value.id)).toEqual(['1']);
  await sql.rows(template`UPDATE items SET shelf = 'A' WHERE id = 2`);
  await sql.rows(template`UPDATE items SET shelf = NULL WHERE id = 1`);
  await sql.rows(template`INSERT INTO items VALUES (4, 'soap', 'Z')`);
  const { changes } = await getShape(url, { ...onShelf, offset: start.offset, handle: start.handle });
  expect(changes.map(({ value, headers }) => [headers.operation, value])).toEqual([
    ['insert', { id: '2', name: 'bread', shelf: 'A', tags: null }],
    ['delete', { id: '1' }],
  ]);
});

test('selected columns only are sent, and changes of others are silent', async () => {
  const some = { ...items, columns: '"id",name' };
  const start = await followToEnd(url, some);
  expect(start.changes[0]?.value).toEqual({ id: '1', name: 'milk' });
  await sql.rows(template`UPDATE items SET shelf = 'C' WHERE id = 1`);
  const { changes, position } = await getShape(url, { ...some, offset: start.offset, handle: start.handle });
  expect(changes).toEqual([]);
  expect(position).toBe(String(Number(start.position) + 1));
});

test('every answer that is up to date has the newest position, also when another table changed', async () => {
  const start = await followToEnd(url, items);
  await sql.rows(template`UPDATE feed.position SET lsn = lsn + 1`);
  const answer = await getShape(url, { ...items, offset: start.offset, handle: start.handle });
  expect(answer.changes).toEqual([]);
  expect(answer.position).toBe(String(Number(start.position) + 1));
  expect(answer.offset).toBe(`${answer.position}_0`);
});

test('a large shape and a long log come in chunks, each row once', async () => {
  const small = await serveShapes(sql, { chunkBytes: 2000 });
  await sql.rows(template`INSERT INTO items SELECT n, repeat('x', 100) FROM generate_series(10, 99) n`);
  const start = await followToEnd(small.url, items);
  expect(start.changes).toHaveLength(92);
  expect(new Set(start.changes.map(({ key }) => key)).size).toBe(92);
  expect(start.requests).toBeGreaterThan(5);
  await sql.rows(template`UPDATE items SET name = repeat('y', 100) WHERE id >= 10`);
  await sql.rows(template`DELETE FROM items WHERE id = 1`);
  const seen: [unknown, unknown, unknown][] = [];
  let answer = start as Awaited<ReturnType<typeof getShape>>;
  do {
    answer = await getShape(small.url, { ...items, offset: answer.offset, handle: answer.handle });
    seen.push(
      ...answer.changes.map(({ headers }): [unknown, unknown, unknown] => [
        headers.lsn,
        headers.op_position,
        headers.last,
      ]),
    );
  } while (!answer.headers.has('electric-up-to-date'));
  const lsn = String(Number(start.position) + 1);
  expect(seen.slice(0, 90)).toEqual(
    Array.from({ length: 90 }, (_, op) => [lsn, op, op === 89 ? true : undefined]),
  );
  expect(seen.slice(90)).toEqual([[String(Number(lsn) + 1), 0, true]]);
  await small.close();
});

test('a live request is held until the table changes', async () => {
  const patient = await serveShapes(sql, { holdMs: 30_000 });
  const start = await followToEnd(patient.url, items);
  const held = getShape(patient.url, { ...items, offset: start.offset, handle: start.handle, live: 'true' });
  await sql.rows(template`UPDATE items SET name = 'oat milk' WHERE id = 1`);
  const answer = await held;
  expect(answer.changes[0]?.value).toEqual({ id: '1', name: 'oat milk' });
  expect(answer.headers.get('electric-cursor')).toMatch(/^\d+$/);
  expect(answer.headers.has('electric-schema')).toBe(false);
  await patient.close();
});

test('a live request without a change ends with up-to-date only, and its cursor moves on', async () => {
  const start = await followToEnd(url, items);
  const cursor = '99999999999';
  const asked = { ...items, offset: start.offset, handle: start.handle, live: 'true', cursor };
  const answer = await getShape(url, asked);
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual([{ headers: { control: 'up-to-date', global_last_seen_lsn: start.position } }]);
  expect(Number(answer.headers.get('electric-cursor'))).toBeGreaterThan(Number(cursor));
});

test('a server that closes answers the requests it holds', async () => {
  const patient = await serveShapes(sql, { holdMs: 30_000 });
  const start = await followToEnd(patient.url, items);
  const held = getShape(patient.url, { ...items, offset: start.offset, handle: start.handle, live: 'true' });
  const holding = getShape(patient.url, { ...items, offset: 'now' });
  await holding;
  await patient.close();
  expect((await held).position).toBe(start.position);
});

test('offset=now and log=changes_only begin without rows', async () => {
  const now = await getShape(url, { ...items, offset: 'now' });
  expect(now.changes).toEqual([]);
  expect(now.position).toBe(await position());
  const changesOnly = await followToEnd(url, { ...items, log: 'changes_only' });
  expect(changesOnly.changes).toEqual([]);
  await sql.rows(template`DELETE FROM items WHERE id = 1`);
  for (const start of [now, changesOnly]) {
    const { changes } = await getShape(url, { ...items, offset: start.offset, handle: start.handle });
    expect(changes).toHaveLength(1);
  }
});

test('clients of one definition share its snapshot, also across a restart', async () => {
  const first = await getShape(url, { ...items, offset: '-1' });
  await served.close();
  served = await serveShapes(sql);
  const second = await getShape(served.url, { ...items, offset: '-1' });
  expect(second.handle).toBe(first.handle);
  const other = await getShape(served.url, { ...items, offset: '-1', where: 'id = 1' });
  expect(other.handle).not.toBe(first.handle);
});

test('what cannot be followed on must be fetched anew, under a handle never used before', async () => {
  const start = await followToEnd(url, items);
  const cases: Record<string, string>[] = [
    { offset: start.offset, handle: 'no-such-handle' },
    { offset: start.offset, handle: start.handle, where: 'id = 1' },
    { offset: '99999_0', handle: start.handle },
    { offset: '9'.repeat(20).concat('_0'), handle: start.handle },
    { offset: '0_77', handle: start.handle },
  ];
  for (const asked of cases) {
    const answer = await getShape(url, { ...items, ...asked });
    expect([answer.status, answer.body]).toEqual([409, [{ headers: { control: 'must-refetch' } }]]);
    expect(answer.handle).not.toBe(asked.handle);
    expect(answer.handle).not.toBe('');
    expect(answer.headers.get('cache-control')).toContain('max-age=60');
  }
  const again = await getShape(url, {
    ...items,
    offset: '-1',
    expired_handle: start.handle,
    'cache-buster': '1',
  });
  expect(again.status).toBe(200);
  expect(again.handle).not.toBe(start.handle);
});

test('a deleted shape must be fetched anew; other handles are untouched', async () => {
  const whole = await followToEnd(url, items);
  const part = await followToEnd(url, { ...items, where: 'id = 1' });
  expect((await fetch(`${url}/v1/shape?handle=${part.handle}`, { method: 'DELETE' })).status).toBe(202);
  expect((await fetch(`${url}/v1/shape?handle=${part.handle}`, { method: 'DELETE' })).status).toBe(404);
  const gone = await getShape(url, { ...items, where: 'id = 1', offset: part.offset, handle: part.handle });
  expect(gone.status).toBe(409);
  expect((await getShape(url, { ...items, offset: whole.offset, handle: whole.handle })).status).toBe(200);
  expect((await fetch(`${url}/v1/shape?table=items`, { method: 'DELETE' })).status).toBe(202);
  expect((await getShape(url, { ...items, offset: whole.offset, handle: whole.handle })).status).toBe(409);
});

test('a shape that is dropped while a request is held is not answered from', async () => {
  const patient = await serveShapes(sql, { holdMs: 30_000 });
  const start = await followToEnd(patient.url, items);
  const held = getShape(patient.url, { ...items, offset: start.offset, handle: start.handle, live: 'true' });
  await fetch(`${patient.url}/v1/shape?table=items`, { method: 'DELETE' });
  await sql.rows(template`DELETE FROM items WHERE id = 1`);
  expect((await held).status).toBe(409);
  await patient.close();
});

test('a client behind the compacted log must fetch anew, one above it goes on', async () => {
  const behind = await followToEnd(url, items);
  await sql.rows(template`UPDATE items SET name = 'a' WHERE id = 1`);
  await sql.rows(template`UPDATE items SET name = 'b' WHERE id = 1`);
  const above = await followToEnd(url, { ...items, where: 'id > 0' });
  await compactLog(sql, { retainMs: 0, nowMs: 1000 });
  await compactLog(sql, { retainMs: 0, nowMs: 2000 });
  await sql.rows(template`UPDATE items SET name = 'c' WHERE id = 1`);
  expect((await getShape(url, { ...items, offset: behind.offset, handle: behind.handle })).status).toBe(409);
  const on = await getShape(url, { ...items, where: 'id > 0', offset: above.offset, handle: above.handle });
  expect(on.changes.map(({ value }) => value.name)).toEqual(['c']);
  const anew = await followToEnd(url, items);
  expect(anew.changes.map(({ value }) => value.name)).toEqual(['c', 'bread']);
});

test('unused snapshots are emptied, their followers go on by the log; unused shapes are dropped', async () => {
  const start = await followToEnd(url, items);
  const hour = 3_600_000;
  await pruneShapes(sql, Date.now() + 24 * hour);
  await sql.rows(template`DELETE FROM items WHERE id = 1`);
  const on = await getShape(url, { ...items, offset: start.offset, handle: start.handle });
  expect(on.changes).toHaveLength(1);
  const anew = await followToEnd(url, items);
  expect(anew.handle).not.toBe(start.handle);
  expect(anew.changes.map(({ value }) => value.id)).toEqual(['2']);
  const dropped = await pruneShapes(sql, Date.now(), { ...SHAPE_LIMITS, shapes: 0 });
  expect(dropped).toContain(start.handle);
  await notificationsHeard(sql);
  expect((await getShape(url, { ...items, offset: on.offset, handle: start.handle })).status).toBe(409);
});

test('a column that was added keeps the handle', async () => {
  await sql.rows(template`CREATE TABLE grows (id integer PRIMARY KEY)`);
  await installCapture(sql, { schema: 'public', table: 'grows' });
  await sql.rows(template`INSERT INTO grows VALUES (1)`);
  const start = await followToEnd(url, { table: 'grows' });
  await sql.rows(template`ALTER TABLE grows ADD note text`);
  await installCapture(sql, { schema: 'public', table: 'grows' });
  await notificationsHeard(sql);
  await sql.rows(template`UPDATE grows SET note = 'new'`);
  const on = await getShape(url, { table: 'grows', offset: start.offset, handle: start.handle });
  expect(on.changes[0]?.value).toEqual({ id: '1', note: 'new' });
  expect(JSON.parse(on.headers.get('electric-schema')!)).toHaveProperty('note');
});

test('a request that is held while its table gains a column is not answered without it', async () => {
  await sql.rows(template`CREATE TABLE grown (id integer PRIMARY KEY)`);
  await installCapture(sql, { schema: 'public', table: 'grown' });
  await sql.rows(template`INSERT INTO grown VALUES (1)`);
  const watched = watchLogReads(sql);
  const patient = await serveShapes(watched.sql, { holdMs: 30_000 });
  const start = await followToEnd(patient.url, { table: 'grown' });
  const read = watched.nextRead();
  const held = getShape(patient.url, {
    table: 'grown',
    offset: start.offset,
    handle: start.handle,
    live: 'true',
  });
  await read;
  await sql.transaction(async (tx) => {
    await tx.rows(template`ALTER TABLE grown ADD note text`);
    await installCapture(tx, { schema: 'public', table: 'grown' });
  });
  await sql.rows(template`UPDATE grown SET note = 'new'`);
  const { offset, handle } = await held;
  const on = await getShape(patient.url, { table: 'grown', offset, handle });
  expect(on.changes[0]?.value).toEqual({ id: '1', note: 'new' });
  await patient.close();
});

test('a shape that is deleted is gone at once, however late its notification comes', async () => {
  const deaf = await serveShapes({ ...sql, listen: async () => async () => undefined });
  const start = await followToEnd(deaf.url, items);
  await fetch(`${deaf.url}/v1/shape?handle=${start.handle}`, { method: 'DELETE' });
  const gone = await getShape(deaf.url, { ...items, offset: start.offset, handle: start.handle });
  expect(gone.status).toBe(409);
  await deaf.close();
});

test('after a time without notifications, held requests look for what they missed', async () => {
  let reconnected: () => void = () => undefined;
  const cut: typeof sql = {
    ...sql,
    listen: async (_channel, _onNotify, onMissed = () => undefined) => {
      reconnected = onMissed;
      return async () => undefined;
    },
  };
  const watched = watchLogReads(cut);
  const patient = await serveShapes(watched.sql, { holdMs: 30_000 });
  const start = await followToEnd(patient.url, items);
  const dropped = await followToEnd(patient.url, { ...items, where: 'id = 2' });
  const read = watched.nextRead();
  const held = getShape(patient.url, { ...items, offset: start.offset, handle: start.handle, live: 'true' });
  await read;
  await sql.rows(template`UPDATE items SET name = 'oat milk' WHERE id = 1`);
  await dropShapes(sql, { handle: dropped.handle });
  reconnected();
  const { offset, handle, changes } = await held;
  const on = await getShape(patient.url, { ...items, offset, handle });
  expect([...changes, ...on.changes].map(({ value }) => value.name)).toEqual(['oat milk']);
  const gone = await getShape(patient.url, {
    ...items,
    where: 'id = 2',
    offset: dropped.offset,
    handle: dropped.handle,
  });
  expect(gone.status).toBe(409);
  await patient.close();
});

test.each<[string, Record<string, string>]>([
  ['table', { offset: '-1', table: '' }],
  ['table', { offset: '-1', table: 'no_such_table' }],
  ['table', { offset: '-1', table: 'feed.log' }],
  ['offset', {}],
  ['offset', { offset: 'yesterday' }],
  ['handle', { offset: '5_0' }],
  ['live', { offset: '-1', live: 'true' }],
  ['live', { offset: 'now', live: 'true' }],
  ['live_sse', { offset: '-1', live_sse: 'true' }],
  ['columns', { offset: '-1', columns: 'name' }],
  ['columns', { offset: '-1', columns: 'id,absent' }],
  ['replica', { offset: '-1', replica: 'half' }],
  ['where', { offset: '-1', where: 'id = 1; DROP TABLE items' }],
  ['where', { offset: '-1', where: 'absent = 1' }],
  ['where', { offset: '-1', where: 'name' }],
  ['where', { offset: '-1', where: '1 / (id - 1) = 0' }],
  ['params', { offset: '-1', where: 'id = $1' }],
])('a wrong %s is named: %o', async (field, asked) => {
  const answer = await getShape(url, { ...items, ...asked });
  expect(answer.status).toBe(400);
  expect(answer.body).toEqual({ message: 'Invalid request', errors: { [field]: [expect.any(String)] } });
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

test('caches are told how long an answer holds, and a matching etag is 304', async () => {
  const first = await getShape(url, { ...items, offset: '-1' });
  expect(first.headers.get('cache-control')).toBe(
    'public, max-age=604800, s-maxage=3600, stale-while-revalidate=2629746',
  );
  const tail = { ...items, offset: first.offset, handle: first.handle };
  const second = await getShape(url, tail);
  expect(second.headers.get('cache-control')).toBe('public, max-age=60, stale-while-revalidate=300');
  const etag = second.headers.get('etag')!;
  expect(etag).toBe(`"${second.handle}:0_0:${second.offset}"`);
  expect((await getShape(url, tail, { 'if-none-match': etag })).status).toBe(304);
  expect((await getShape(url, tail, { 'if-none-match': '"other"' })).status).toBe(200);
});

test('caches may be told other ages', async () => {
  const brief = await serveShapes(sql, { ages: { maxAgeSeconds: 1, staleAgeSeconds: 3 } });
  const first = await getShape(brief.url, { ...items, offset: '-1' });
  const second = await getShape(brief.url, { ...items, offset: first.offset, handle: first.handle });
  expect(second.headers.get('cache-control')).toBe('public, max-age=1, stale-while-revalidate=3');
  await brief.close();
});

test('the snapshot’s end is a place to go on from, however it is written', async () => {
  const start = await getShape(url, { ...items, offset: '-1' });
  await sql.rows(template`DELETE FROM items WHERE id = 1`);
  for (const offset of ['0_0', '0_inf']) {
    const on = await getShape(url, { ...items, offset, handle: start.handle });
    expect(on.changes.map(({ headers }) => headers.operation)).toEqual(['delete']);
  }
});

test('an offset before the shape’s snapshot was never given, and must be fetched anew', async () => {
  const start = await followToEnd(url, items);
  const asked = { ...items, offset: `${Number(start.position) - 1}_0`, handle: start.handle };
  expect((await getShape(url, asked)).status).toBe(409);
});

test('an empty live parameter means no', async () => {
  const start = await followToEnd(url, items);
  const answer = await getShape(url, { ...items, offset: start.offset, handle: start.handle, live: '' });
  expect(answer.headers.has('electric-cursor')).toBe(false);
  expect(answer.headers.has('electric-schema')).toBe(true);
});

test.each([
  ["name = 'milk' AND NOT shelf = 'B'", ['1']],
  ["id = 2 OR shelf IN ('A', 'Z')", ['1', '2']],
  ["name ILIKE 'MI%' AND name NOT LIKE '%z'", ['1']],
  ['tags IS NULL', ['2']],
  ['id BETWEEN 2 AND 3', ['2']],
  ["'cold' = ANY(tags)", ['1']],
  ["tags && ARRAY['white', 'red']", ['1']],
  ["tags @> '{cold,white}'::text[]", ['1']],
  ["upper(name) = 'BREAD' AND id::text = '2'", ['2']],
  ['"items"."id" * 2 >= 4e0', ['2']],
  ['(shelf IS NOT DISTINCT FROM NULL) = false AND id % 2 = 1', ['1']],
])('the condition %s chooses rows', async (where, ids) => {
  const { changes } = await followToEnd(url, { ...items, where });
  expect(changes.map(({ value }) => value.id)).toEqual(ids);
});

test.each([
  ['1 x 1', 'At location 17: syntax error at or near "x"'],
  ['id =', 'At location 19: syntax error at end of input'],
])('a condition that PostgreSQL cannot read is refused with the place: %s', async (where, reason) => {
  const answer = await getShape(url, { ...items, offset: '-1', where });
  expect(answer.body).toEqual({ message: 'Invalid request', errors: { where: [reason] } });
});

test('the schema tells lengths and precisions', async () => {
  await sql.rows(template`CREATE TYPE mood AS ENUM ('sad', 'happy')`);
  await sql.rows(template`CREATE TABLE typed (
    a varchar(7), b char(3), c bit(4), d numeric(10, 2), e numeric, f timestamptz(3), g interval day to second(2),
    h interval year to month, i varchar(9)[][], j mood, k numeric(3, -1), l interval, PRIMARY KEY (b, a))`);
  await installCapture(sql, { schema: 'public', table: 'typed' });
  const { headers } = await getShape(url, { table: 'typed', offset: '-1' });
  expect(JSON.parse(headers.get('electric-schema')!)).toEqual({
    a: { type: 'varchar', max_length: 7, not_null: true, pk_index: 1 },
    b: { type: 'bpchar', length: 3, not_null: true, pk_index: 0 },
    c: { type: 'bit', length: 4 },
    d: { type: 'numeric', precision: 10, scale: 2 },
    e: { type: 'numeric' },
    f: { type: 'timestamptz', precision: 3 },
    g: { type: 'interval', fields: 'DAY TO SECOND', precision: 2 },
    h: { type: 'interval', fields: 'YEAR TO MONTH' },
    i: { type: 'varchar', dims: 2, max_length: 9 },
    j: { type: 'mood' },
    k: { type: 'numeric', precision: 3, scale: -1 },
    l: { type: 'interval' },
  });
});

test('keys are the same in snapshot and log, whatever is in the names and values', async () => {
  await sql.rows(template`CREATE TABLE "odd.na/me" (a text, b text)`);
  await installCapture(sql, { schema: 'public', table: 'odd.na/me' });
  await sql.rows(template`INSERT INTO "odd.na/me" VALUES ('x/y', NULL)`);
  const odd = { table: '"odd.na/me"' };
  const start = await followToEnd(url, odd);
  const key = '"public"."odd..na//me"/"x//y"/_';
  expect(start.changes.map((message) => message.key)).toEqual([key]);
  await sql.rows(template`DELETE FROM "odd.na/me"`);
  const { changes } = await getShape(url, { ...odd, offset: start.offset, handle: start.handle });
  expect(changes.map((message) => message.key)).toEqual([key]);
});

test('health is told', async () => {
  expect(await (await fetch(`${url}/v1/health`)).json()).toEqual({ status: 'active' });
});

/** The same store; tells when a request has read the log and is held from then on. */
function watchLogReads(store: Sql): { sql: Sql; nextRead(): Promise<void> } {
  let onRead: () => void = () => undefined;
  return {
    sql: {
      ...store,
      async rows<Row extends object>(query: SQL): Promise<Row[]> {
        const rows = await store.rows<Row>(query);
        if (new PgDialect().sqlToQuery(query).sql.includes('FROM feed.log')) onRead();
        return rows;
      },
    },
    nextRead: () =>
      new Promise((resolve) => {
        onRead = () => setImmediate(resolve);
      }),
  };
}

async function position(): Promise<string> {
  const [row] = await sql.rows<{ lsn: string }>(template`SELECT lsn::text AS lsn FROM feed.position`);
  return row!.lsn;
}

function change(operation: string, lsn: number, op: number) {
  return { operation, relation: ['public', 'items'], lsn: String(lsn), op_position: op, txids: 'some' };
}
