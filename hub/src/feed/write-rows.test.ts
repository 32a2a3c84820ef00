import { defineCollection } from '@butik/proto/collections/define-collection';
import { sql as template } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sql } from '../kernel/sql/sql.ts';
import { openTestSql } from '../kernel/sql/testing/test-database.ts';
import { describeTable } from './capture/describe-table.ts';
import { defineShape } from './shapes/definition.ts';
import { insertShape } from './shapes/shape-store.ts';
import { ensureFeedTables } from './tables.ts';
import { deleteRows, upsertRows } from './write-rows.ts';

const signs = defineCollection({
  name: 'signs',
  version: 1,
  scoping: 'scoped',
  key: ['scope', 'n'],
  columns: { scope: 'text', n: 'integer', text: 'text?', style: 'json', lit: 'boolean' },
});
const sign = (n: number, text: string | null = 'open') => ({
  scope: 'chain',
  n,
  text,
  style: { size: n },
  lit: true,
});
let sql: Sql;

beforeAll(async () => {
  sql = await openTestSql();
  await ensureFeedTables(sql, [signs]);
}, 30_000);
afterAll(() => sql.close());

const logged = () =>
  sql.rows<{ operation: string; n: string }>(template`
  SELECT operation, coalesce(new, old) ->> 'n' AS n FROM feed.log ORDER BY lsn, op`);

test('rows are inserted and replaced by key, and rows that are already so are not written again', async () => {
  await sql.transaction((tx) => upsertRows(tx, signs, [sign(1), sign(2, null), sign(2, 'later counts')]));
  await sql.transaction((tx) => upsertRows(tx, signs, [sign(1), sign(2, 'closed')]));
  await sql.transaction((tx) => upsertRows(tx, signs, [sign(1), sign(2, 'closed')]));
  expect(await sql.rows(template`SELECT n, text, style, lit FROM feed.signs ORDER BY n`)).toEqual([
    { n: 1, text: 'open', style: { size: 1 }, lit: true },
    { n: 2, text: 'closed', style: { size: 2 }, lit: true },
  ]);
  expect(await logged()).toEqual([
    { operation: 'insert', n: '1' },
    { operation: 'insert', n: '2' },
    { operation: 'update', n: '2' },
  ]);
});

test('more rows than one statement takes all arrive', async () => {
  const rows = Array.from({ length: 4500 }, (_, n) => sign(n + 1000));
  await sql.transaction((tx) => upsertRows(tx, signs, rows));
  await sql.transaction((tx) =>
    deleteRows(
      tx,
      signs,
      rows.map(({ scope, n }) => ({ scope, n })),
    ),
  );
  const [left] = await sql.rows<{ count: number }>(
    template`SELECT count(*)::integer AS count FROM feed.signs WHERE n >= 1000`,
  );
  expect(left?.count).toBe(0);
});

test('a row of another form is refused with its field, and none of its batch is written', async () => {
  const wrong = { ...sign(9), lit: 'yes' } as unknown as ReturnType<typeof sign>;
  const failing = sql.transaction((tx) => upsertRows(tx, signs, [sign(8), wrong]));
  await expect(failing).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    details: { fields: [{ path: '1.lit' }] },
  });
  expect(await sql.rows(template`SELECT n FROM feed.signs WHERE n IN (8, 9)`)).toEqual([]);
});

test('JSON’s null is a value like any other', async () => {
  await sql.transaction((tx) => upsertRows(tx, signs, [{ ...sign(20), style: null }]));
  expect(await sql.rows(template`SELECT style::text FROM feed.signs WHERE n = 20`)).toEqual([
    { style: 'null' },
  ]);
});

test('a nullable column is added and captured and shapes stay; a raised version drops them', async () => {
  const grown = defineCollection({
    ...signs,
    key: ['scope', 'n'],
    columns: { ...signs.columns, colour: 'text?' },
  });
  const table = (await describeTable(sql, { schema: 'feed', table: 'signs' }))!;
  const shapes = () => sql.rows(template`SELECT handle FROM feed.shapes`);
  await insertShape(sql, defineShape({ table, where: null, columns: null, replica: 'default' }), 'one', null);
  await ensureFeedTables(sql, [grown]);
  expect(await shapes()).toHaveLength(1);
  await sql.transaction((tx) => upsertRows(tx, grown, [{ ...sign(30), colour: 'red' }]));
  const [entry] = await sql.rows<{ colour: string }>(
    template`SELECT new ->> 'colour' AS colour FROM feed.log ORDER BY lsn DESC LIMIT 1`,
  );
  expect(entry?.colour).toBe('red');
  await ensureFeedTables(sql, [{ ...grown, version: 2 }]);
  expect(await shapes()).toHaveLength(0);
});

test('a change of columns that needs a migration, and a name of the feed’s own, are refused', async () => {
  const columns = signs.columns;
  await expect(
    ensureFeedTables(sql, [{ ...signs, columns: { ...columns, text: 'integer' } }]),
  ).rejects.toThrow('feed.signs.text is text');
  await expect(
    ensureFeedTables(sql, [{ ...signs, columns: { ...columns, size: 'integer' } }]),
  ).rejects.toThrow('lacks size');
  await expect(ensureFeedTables(sql, [{ ...signs, name: 'log' }])).rejects.toThrow('log');
});
