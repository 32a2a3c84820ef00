import { sql as template } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Sql } from '../../kernel/sql/sql.ts';
import { openItems } from '../test-feed.ts';
import { compactLog } from './compact-log.ts';
import { describeTable } from './describe-table.ts';
import { forgetDroppedTables } from './forget-dropped-tables.ts';
import { installCapture } from './install-capture.ts';

let sql: Sql;
beforeAll(async () => {
  sql = await openItems();
}, 30_000);
afterAll(() => sql.close());
beforeEach(async () => {
  await sql.rows(template`TRUNCATE items`);
  await sql.rows(template`TRUNCATE feed.log`);
});

async function logged() {
  const rows = await sql.rows<{ lsn: number; op: number; operation: string; old: object; new: object }>(
    template`SELECT lsn::integer, op, operation, old, new FROM feed.log ORDER BY lsn, op`,
  );
  const first = rows[0]?.lsn ?? 0;
  return rows.map((row) => [row.lsn - first, row.op, row.operation, row.old, row.new]);
}

const row = (id: number, name: string, shelf: string | null = null) => ({
  id: String(id),
  name,
  shelf,
  tags: null,
});

test('all changes of one transaction share its position and are numbered in order', async () => {
  await sql.transaction(async (tx) => {
    await tx.rows(template`INSERT INTO items VALUES (1, 'milk'), (2, 'bread')`);
    await tx.rows(template`UPDATE items SET shelf = 'A' WHERE id = 1`);
    await tx.rows(template`DELETE FROM items WHERE id = 2`);
  });
  await sql.rows(template`INSERT INTO items VALUES (3, 'salt')`);
  expect(await logged()).toEqual([
    [0, 0, 'insert', null, row(1, 'milk')],
    [0, 1, 'insert', null, row(2, 'bread')],
    [0, 2, 'update', row(1, 'milk'), row(1, 'milk', 'A')],
    [0, 3, 'delete', row(2, 'bread'), null],
    [1, 0, 'insert', null, row(3, 'salt')],
  ]);
});

test('a transaction that is rolled back leaves no entry and no gap', async () => {
  await sql.rows(template`INSERT INTO items VALUES (1, 'milk')`);
  await sql
    .transaction(async (tx) => {
      await tx.rows(template`INSERT INTO items VALUES (2, 'bread')`);
      throw new Error('undo');
    })
    .catch(() => undefined);
  await sql.rows(template`INSERT INTO items VALUES (3, 'salt')`);
  expect((await logged()).map(([lsn, op]) => [lsn, op])).toEqual([
    [0, 0],
    [1, 0],
  ]);
});

test('a savepoint that is rolled back takes its entries with it, and the position is taken once', async () => {
  await sql.transaction(async (tx) => {
    await tx.rows(template`SAVEPOINT before`);
    await tx.rows(template`INSERT INTO items VALUES (1, 'milk')`);
    await tx.rows(template`ROLLBACK TO SAVEPOINT before`);
    await tx.rows(template`INSERT INTO items VALUES (2, 'bread')`);
    await tx.rows(template`INSERT INTO items VALUES (3, 'salt')`);
  });
  expect((await logged()).map(([lsn, op, , , after]) => [lsn, op, after])).toEqual([
    [0, 0, row(2, 'bread')],
    [0, 1, row(3, 'salt')],
  ]);
});

test('a changed primary key is a delete and an insert, and a swap of rows two updates', async () => {
  await sql.rows(template`INSERT INTO items VALUES (1, 'milk'), (2, 'bread')`);
  await sql.rows(template`TRUNCATE feed.log`);
  await sql.rows(template`UPDATE items SET id = id + 1 WHERE id = 2`);
  expect((await logged()).map(([, op, operation, , after]) => [op, operation, after])).toEqual([
    [0, 'delete', null],
    [1, 'insert', row(3, 'bread')],
  ]);
});

test('an update that changes nothing is silent', async () => {
  await sql.rows(template`INSERT INTO items VALUES (1, 'milk')`);
  const position = await sql.rows(template`SELECT lsn FROM feed.position`);
  await sql.rows(template`UPDATE items SET name = 'milk'`);
  await sql.rows(template`DELETE FROM items WHERE id = 99`);
  expect(await logged()).toHaveLength(1);
  expect(await sql.rows(template`SELECT lsn FROM feed.position`)).toEqual(position);
});

test('an upsert logs what it did, and TRUNCATE logs every row as deleted', async () => {
  await sql.rows(template`INSERT INTO items VALUES (1, 'milk')`);
  await sql.rows(template`INSERT INTO items VALUES (1, 'cream'), (2, 'bread')
    ON CONFLICT (id) DO UPDATE SET name = excluded.name`);
  await sql.rows(template`TRUNCATE items`);
  expect((await logged()).map(([lsn, , operation]) => [lsn, operation])).toEqual([
    [0, 'insert'],
    [1, 'update'],
    [1, 'insert'],
    [2, 'delete'],
    [2, 'delete'],
  ]);
});

test('values are PostgreSQL’s text whatever the writer’s session is set to', async () => {
  await sql.rows(
    template`CREATE TABLE clock (id text PRIMARY KEY, at timestamptz, ready boolean, data jsonb)`,
  );
  await installCapture(sql, { schema: 'public', table: 'clock' });
  await sql.transaction(async (tx) => {
    await tx.rows(template`SET LOCAL timezone = 'Europe/Stockholm'`);
    await tx.rows(template`SET LOCAL datestyle = 'German'`);
    await tx.rows(template`INSERT INTO clock VALUES ('a/b', '2026-01-02T03:04:05Z', true, '{"n": 1}')`);
  });
  expect((await logged())[0]?.[4]).toEqual({
    id: 'a/b',
    at: '2026-01-02 03:04:05+00',
    ready: 'true',
    data: '{"n": 1}',
  });
});

test('a table without a primary key logs every update as a delete and an insert', async () => {
  await sql.rows(template`CREATE TABLE keyless (n integer, note json)`);
  await installCapture(sql, { schema: 'public', table: 'keyless' });
  await sql.rows(template`INSERT INTO keyless VALUES (1, '{}'), (2, NULL)`);
  await sql.rows(template`TRUNCATE feed.log`);
  await sql.rows(template`UPDATE keyless SET n = n + 10 WHERE n = 1`);
  expect((await logged()).map(([, , operation, before, after]) => [operation, before, after])).toEqual([
    ['delete', { n: '1', note: '{}' }, null],
    ['insert', null, { n: '11', note: '{}' }],
  ]);
});

test('a key that is equal to PostgreSQL but written otherwise is another row to followers', async () => {
  await sql.rows(template`CREATE TABLE weights (kg numeric PRIMARY KEY)`);
  await installCapture(sql, { schema: 'public', table: 'weights' });
  await sql.rows(template`INSERT INTO weights VALUES (1.5)`);
  await sql.rows(template`TRUNCATE feed.log`);
  await sql.rows(template`UPDATE weights SET kg = 1.50`);
  expect((await logged()).map(([, , operation, before, after]) => [operation, before, after])).toEqual([
    ['delete', { kg: '1.5' }, null],
    ['insert', null, { kg: '1.50' }],
  ]);
});

test('a table that is not there cannot be captured', async () => {
  await expect(installCapture(sql, { schema: 'public', table: 'absent' })).rejects.toThrow('no table');
});

test('whoever may write to a table may do so when it is captured', async () => {
  await sql.transaction(async (tx) => {
    await tx.rows(template`CREATE ROLE clerk`);
    await tx.rows(template`GRANT INSERT ON items TO clerk`);
    await tx.rows(template`SET LOCAL ROLE clerk`);
    await tx.rows(template`INSERT INTO items VALUES (1, 'milk')`);
    await tx.rows(template`RESET ROLE`);
    await tx.rows(template`DROP OWNED BY clerk`);
    await tx.rows(template`DROP ROLE clerk`);
  });
  expect(await logged()).toHaveLength(1);
});

test('a table that was altered behind the capture’s back is written to as ever, and its shapes end', async () => {
  await sql.rows(template`CREATE TABLE shelves (id integer PRIMARY KEY, name text, room text)`);
  await installCapture(sql, { schema: 'public', table: 'shelves' });
  await sql.rows(template`INSERT INTO feed.shapes (handle, definition_key, relation)
    VALUES ('one', 'key', '"public"."shelves"')`);
  await sql.rows(template`INSERT INTO shelves VALUES (1, 'A', 'back')`);
  const shapes = () => sql.rows(template`SELECT handle FROM feed.shapes`);
  expect(await shapes()).toHaveLength(1);
  await sql.rows(template`ALTER TABLE shelves DROP room`);
  await sql.rows(template`INSERT INTO shelves VALUES (2, 'B')`);
  expect(await shapes()).toEqual([]);
  expect(await logged()).toHaveLength(1);
  expect((await describeTable(sql, { schema: 'public', table: 'shelves' }))?.capture).toBeNull();
  await sql.rows(template`ALTER TABLE shelves RENAME TO racks`);
  await sql.rows(template`INSERT INTO racks VALUES (3, 'C')`);
  expect(await logged()).toHaveLength(1);
});

test('what a dropped table leaves behind is tidied away', async () => {
  await sql.rows(template`CREATE TABLE brief (id integer PRIMARY KEY)`);
  await installCapture(sql, { schema: 'public', table: 'brief' });
  const captures = () => sql.rows(template`SELECT id FROM feed.captures WHERE relation = '"public"."brief"'`);
  const functions = async () => {
    const [counted] = await sql.rows<{ n: number }>(template`SELECT count(*)::integer AS n FROM pg_proc
      WHERE pronamespace = 'feed'::regnamespace AND proname LIKE 'capture%'`);
    return counted!.n;
  };
  const before = await functions();
  expect(await captures()).toHaveLength(1);
  await sql.rows(template`DROP TABLE brief`);
  await forgetDroppedTables(sql);
  expect(await captures()).toEqual([]);
  expect(await functions()).toBeLessThanOrEqual(before - 4);
  await sql.rows(template`INSERT INTO items VALUES (1, 'milk')`);
  expect(await logged()).toHaveLength(1);
});

test('the log is compacted by age, down to what was the newest then', async () => {
  const day = 86_400_000;
  await sql.rows(template`INSERT INTO items VALUES (1, 'milk')`);
  await sql.rows(template`INSERT INTO items VALUES (2, 'bread')`);
  expect(await compactLog(sql, { retainMs: 2 * day, nowMs: 0 })).toBe(0);
  await sql.rows(template`INSERT INTO items VALUES (3, 'salt')`);
  expect(await compactLog(sql, { retainMs: 2 * day, nowMs: day })).toBe(0);
  expect(await compactLog(sql, { retainMs: 2 * day, nowMs: 3 * day })).toBe(1);
  expect((await logged()).map(([, , , , after]) => after)).toEqual([row(2, 'bread'), row(3, 'salt')]);
});
