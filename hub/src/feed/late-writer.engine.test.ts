import { sql as template } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Sql, SqlTx } from '../kernel/sql/sql.ts';
import {
  makePostgresDatabase,
  type PostgresDatabase,
  TEST_POSTGRES,
} from '../kernel/sql/testing/test-database.ts';
import { ensureFeedTables } from './tables.ts';
import { followToEnd, getShape, makeItems, type ServedShapes, serveShapes } from './test-feed.ts';

/** What only an engine with several connections can show: writers that overlap, and a follower between them. */
describe.skipIf(TEST_POSTGRES === undefined)('followers and writers at once, on PostgreSQL', () => {
  const items = { table: 'items' };
  let database: PostgresDatabase;
  /** Two processes: the writers' and the follower's. */
  let sql: Sql;
  let followers: Sql;
  let served: ServedShapes;
  beforeAll(async () => {
    database = await makePostgresDatabase(TEST_POSTGRES!);
    sql = await database.open();
    followers = await database.open();
    await makeItems(sql);
    served = await serveShapes(followers, { holdMs: 30_000 });
  });
  beforeEach(async () => {
    await sql.rows(template`DELETE FROM items`);
  });
  afterAll(async () => {
    await served.close();
    await followers.close();
    await sql.close();
    await database.drop();
  });

  /** A transaction that does `write` and then waits to commit. */
  async function openWriter(write: (tx: SqlTx) => Promise<unknown>) {
    const begun = Promise.withResolvers<number>();
    const written = Promise.withResolvers<void>();
    const commit = Promise.withResolvers<void>();
    const done = sql.transaction(async (tx) => {
      const [connection] = await tx.rows<{ pid: number }>(template`SELECT pg_backend_pid() AS pid`);
      begun.resolve(connection!.pid);
      await write(tx);
      written.resolve();
      await commit.promise;
    });
    return { pid: await begun.promise, written: written.promise, commit: commit.resolve, done };
  }
  const waitsForLock = (pid: number) =>
    expect
      .poll(() =>
        database.administer(`SELECT 1 FROM pg_stat_activity WHERE pid = ${pid} AND wait_event_type = 'Lock'`),
      )
      .toHaveLength(1);
  const insert = (id: number, name: string) => (tx: SqlTx) =>
    tx.rows(template`INSERT INTO items VALUES (${id}, ${name})`);
  const next = (at: { offset: string; handle: string }, live = false) =>
    getShape(served.url, { ...items, offset: at.offset, handle: at.handle, ...(live && { live: 'true' }) });

  test('a writer that commits late is not skipped, and no writer overtakes it', async () => {
    const start = await followToEnd(served.url, items);
    const late = await openWriter(insert(1, 'late'));
    await late.written;
    const eager = await openWriter(insert(2, 'eager'));
    eager.commit();
    await waitsForLock(eager.pid);
    const meanwhile = await next(start);
    expect([meanwhile.changes, meanwhile.position]).toEqual([[], start.position]);
    late.commit();
    await Promise.all([late.done, eager.done]);
    const { changes } = await next(meanwhile);
    const at = Number(start.position);
    expect(changes.map(({ value, headers }) => [value.name, headers.lsn])).toEqual([
      ['late', String(at + 1)],
      ['eager', String(at + 2)],
    ]);
  });

  test('a writer whose transaction began first but wrote last comes last', async () => {
    const start = await followToEnd(served.url, items);
    const write = Promise.withResolvers<void>();
    const patient = await openWriter(async (tx) => {
      await write.promise;
      await insert(1, 'patient')(tx);
    });
    await sql.transaction(insert(2, 'quick'));
    const quick = await next(start);
    expect(quick.changes.map(({ value }) => value.name)).toEqual(['quick']);
    write.resolve();
    patient.commit();
    await patient.done;
    const { changes } = await next(quick);
    expect(changes.map(({ value }) => value.name)).toEqual(['patient']);
  });

  test('a snapshot that is taken while a writer is open lacks its rows, and the log brings them', async () => {
    const where = { where: "name <> 'none'" };
    await sql.transaction(insert(1, 'before'));
    const late = await openWriter(async (tx) => {
      await insert(2, 'late')(tx);
      await tx.rows(template`UPDATE items SET name = 'renamed' WHERE id = 1`);
    });
    await late.written;
    const start = await followToEnd(served.url, { ...items, ...where });
    expect(start.changes.map(({ value }) => value.name)).toEqual(['before']);
    late.commit();
    await late.done;
    const { changes } = await getShape(served.url, {
      ...items,
      ...where,
      offset: start.offset,
      handle: start.handle,
    });
    expect(changes.map(({ value, headers }) => [headers.operation, value.name])).toEqual([
      ['insert', 'late'],
      ['update', 'renamed'],
    ]);
  });

  test('a writer that gives up leaves no gap for those behind it', async () => {
    const start = await followToEnd(served.url, items);
    const failing = await openWriter(async (tx) => {
      await insert(1, 'never')(tx);
      throw new Error('undo');
    });
    await expect(failing.done).rejects.toThrow('undo');
    await sql.transaction(insert(2, 'next'));
    const { changes } = await next(start);
    expect(changes.map(({ value, headers }) => [value.name, headers.lsn])).toEqual([
      ['next', String(Number(start.position) + 1)],
    ]);
  });

  test('many writers at once: a held follower of another process gets every change once, in order', async () => {
    const start = await followToEnd(served.url, items);
    const writing = Promise.all(
      Array.from({ length: 40 }, (_, n) => sql.transaction(insert(n, `item ${n}`))),
    );
    const seen: { id: string | null | undefined; lsn: number }[] = [];
    let at: { offset: string; handle: string } = start;
    while (seen.length < 40) {
      const answer = await next(at, true);
      seen.push(...answer.changes.map(({ value, headers }) => ({ id: value.id, lsn: Number(headers.lsn) })));
      at = answer;
    }
    await writing;
    const first = Number(start.position) + 1;
    expect(seen.map(({ lsn }) => lsn)).toEqual(Array.from({ length: 40 }, (_, n) => first + n));
    expect(new Set(seen.map(({ id }) => id)).size).toBe(40);
  });

  test('hubs that start at once make the tables once', async () => {
    await Promise.all([sql, followers, sql, followers].map((one) => ensureFeedTables(one)));
    expect(await sql.rows(template`SELECT name FROM feed.collections`)).not.toEqual([]);
  });
});
