import { sql as template } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { migrate } from './migrate.ts';
import type { Sql } from './sql.ts';
import type { TestDatabase } from './testing/test-database.ts';

/** What every adapter of the sql port does. */
export function sqlContract(engine: string, makeDatabase: () => Promise<TestDatabase>): void {
  describe(`sql: ${engine}`, () => {
    let database: TestDatabase;
    let sql: Sql;
    beforeAll(async () => {
      database = await makeDatabase();
      sql = await database.open();
      await sql.rows(
        template`CREATE TABLE sales (id integer PRIMARY KEY, pieces integer NOT NULL DEFAULT 1)`,
      );
    });
    beforeEach(async () => {
      await sql.rows(template`TRUNCATE sales`);
    });
    afterAll(async () => {
      await sql.close();
      await database.drop();
    });

    const ids = async () =>
      (await sql.rows<{ id: number }>(template`SELECT id FROM sales ORDER BY id`)).map(({ id }) => id);

    test('what a transaction wrote is there when it returns, with what it answered', async () => {
      const answer = await sql.transaction(async (tx) => {
        await tx.rows(template`INSERT INTO sales VALUES (1)`);
        return 'sold';
      });
      expect(answer).toBe('sold');
      expect(await ids()).toEqual([1]);
    });

    test('a transaction that throws leaves nothing, and its error is the caller’s', async () => {
      const failing = sql.transaction(async (tx) => {
        await tx.rows(template`INSERT INTO sales VALUES (2)`);
        throw new Error('the till fell over');
      });
      await expect(failing).rejects.toThrow('the till fell over');
      expect(await ids()).toEqual([]);
    });

    test('an error repeats no value of its query, wherever it is read: errors end in logs', async () => {
      const fail = sql.rows(template`SELECT ${'46701234567'}::text, ${'not a number'}::integer`);
      const error = (await fail.catch((thrown: unknown) => thrown)) as Error;
      expect(error.message).toContain('SELECT');
      for (const text of [error.message, error.stack, JSON.stringify(error)])
        expect(text).not.toContain('46701234567');
      expect(error.cause).toBeInstanceOf(Error);
    });

    test('a transaction does not say that it committed when a statement failed whose error was caught', async () => {
      const failing = sql.transaction(async (tx) => {
        await tx.rows(template`INSERT INTO sales VALUES (3)`);
        await tx.rows(template`INSERT INTO sales VALUES (3)`).catch(() => undefined);
      });
      await expect(failing).rejects.toThrow();
      const building = sql.transaction(async ({ db }) => {
        await db.execute(template`INSERT INTO sales VALUES (3)`);
        await db.execute(template`INSERT INTO sales VALUES (3)`).catch(() => undefined);
      });
      await expect(building).rejects.toThrow();
      expect(await ids()).toEqual([]);
    });

    test('a savepoint that fails takes its own part with it, and the rest is kept', async () => {
      await sql.transaction(async (tx) => {
        await tx.rows(template`INSERT INTO sales VALUES (4)`);
        const part = tx.db.transaction(async (inner) => {
          await inner.execute(template`INSERT INTO sales VALUES (5)`);
          await inner.execute(template`INSERT INTO sales VALUES (4)`);
        });
        await expect(part).rejects.toThrow();
        await tx.rows(template`INSERT INTO sales VALUES (6)`);
      });
      expect(await ids()).toEqual([4, 6]);
    });

    test('a transaction sees what it wrote itself, also by statements that were asked for at once', async () => {
      const seen = await sql.transaction(async (tx) => {
        const [, , rows] = await Promise.all([
          tx.rows(template`INSERT INTO sales VALUES (7)`),
          tx.rows(template`INSERT INTO sales VALUES (8)`),
          tx.rows(template`SELECT id FROM sales ORDER BY id`),
        ]);
        return rows;
      });
      expect(seen).toEqual([{ id: 7 }, { id: 8 }]);
    });

    test('what the database says of a wrong statement passes, with its SQLSTATE as the cause', async () => {
      await sql.rows(template`INSERT INTO sales VALUES (9)`);
      await expect(sql.rows(template`INSERT INTO sales VALUES (9)`)).rejects.toMatchObject({
        cause: { code: '23505' },
      });
      await expect(sql.rows(template`SELECT absent FROM sales`)).rejects.toMatchObject({
        cause: { code: '42703', message: 'column "absent" does not exist' },
      });
    });

    test('sales that are counted at the same time are all counted', async () => {
      await sql.rows(template`INSERT INTO sales VALUES (10, 0)`);
      const count = () =>
        sql.transaction(async (tx) => {
          const [sale] = await tx.rows<{ pieces: number }>(
            template`SELECT pieces FROM sales WHERE id = 10 FOR UPDATE`,
          );
          await tx.rows(template`UPDATE sales SET pieces = ${sale!.pieces + 1} WHERE id = 10`);
        });
      await Promise.all(Array.from({ length: 40 }, count));
      expect(await sql.rows(template`SELECT pieces FROM sales`)).toEqual([{ pieces: 40 }]);
    });

    test('a column’s value has one form on every engine', async () => {
      const [row] = await sql.rows(template`SELECT 5::bigint AS small, 9007199254740993::bigint AS large,
        count(*) AS count, 1.50::numeric AS price, 2.5::float8 AS share, 7::smallint AS short, true AS ready,
        '{"a": [1, null]}'::jsonb AS data, 'null'::jsonb AS nothing, NULL::text AS none, '\\x00ff'::bytea AS bytes,
        '2026-01-02T03:04:05.678Z'::timestamptz AS at, '2026-01-02 03:04'::timestamp AS local,
        '2026-01-02'::date AS day, interval '1 day 2 hours' AS span, 'ab'::name AS name,
        '01900000-0000-7000-8000-000000000001'::uuid AS id, point(1, 2) AS place, int4range(1, 3) AS range`);
      expect(row).toEqual({
        small: 5,
        large: 9007199254740993n,
        count: 1,
        price: '1.50',
        share: 2.5,
        short: 7,
        ready: true,
        data: { a: [1, null] },
        nothing: null,
        none: null,
        bytes: new Uint8Array([0, 255]),
        at: '2026-01-02 03:04:05.678+00',
        local: '2026-01-02 03:04:00',
        day: '2026-01-02',
        span: '1 day 02:00:00',
        name: 'ab',
        id: '01900000-0000-7000-8000-000000000001',
        place: '(1,2)',
        range: '[1,3)',
      });
    });

    test('so has an array’s', async () => {
      const [row] = await sql.rows(template`SELECT ARRAY['a,"b', NULL, 'null', ''] AS texts,
        ARRAY[[1, 2], [3, 4]] AS table, ARRAY[5, 9007199254740993]::bigint[] AS large, ARRAY[true, NULL] AS flags,
        ARRAY['{"a": 1}'::jsonb] AS data, ARRAY['ab'::name] AS names, ARRAY[1.5, 2.5]::float8[] AS shares,
        ARRAY['\\x01'::bytea] AS bytes, ARRAY[]::text[] AS empty, ARRAY[1.50]::numeric[] AS prices,
        ARRAY['2026-01-02'::date] AS days`);
      expect(row).toEqual({
        texts: ['a,"b', null, 'null', ''],
        table: [
          [1, 2],
          [3, 4],
        ],
        large: [5, 9007199254740993n],
        flags: [true, null],
        data: [{ a: 1 }],
        names: ['ab'],
        shares: [1.5, 2.5],
        bytes: [new Uint8Array([1])],
        empty: [],
        prices: '{1.50}',
        days: '{2026-01-02}',
      });
    });

    test('a parameter arrives as what it is', async () => {
      const at = new Date('2026-07-02T03:04:05.678Z');
      const [row] = await sql.rows(template`SELECT ${'it’s; "so"'}::text AS text, ${7}::integer AS n,
        ${2.5}::float8 AS share, ${9007199254740993n}::bigint AS large, ${true}::boolean AS ready,
        ${null}::text AS none, ${at}::timestamptz AS at, ${at}::timestamp AS local,
        ${new Uint8Array([1, 2])}::bytea AS bytes, ${JSON.stringify({ a: [1] })}::jsonb AS data`);
      expect(row).toEqual({
        text: 'it’s; "so"',
        n: 7,
        share: 2.5,
        large: 9007199254740993n,
        ready: true,
        none: null,
        at: '2026-07-02 03:04:05.678+00',
        local: '2026-07-02 03:04:05.678',
        bytes: new Uint8Array([1, 2]),
        data: { a: [1] },
      });
    });

    test('a large result and a large value arrive whole', async () => {
      const rows = await sql.rows<{ n: number }>(
        template`SELECT n, repeat('x', 100) AS filler FROM generate_series(1, 50000) n`,
      );
      expect(rows.length).toBe(50_000);
      expect(rows.at(-1)?.n).toBe(50_000);
      const text = 'åäö '.repeat(1_000_000);
      const [echo] = await sql.rows<{ text: string }>(template`SELECT ${text}::text AS text`);
      expect(echo!.text === text).toBe(true);
    });

    test('a listener hears of committed notifications only, in their order, until it ends', async () => {
      const heard: string[] = [];
      const other = Promise.withResolvers<string>();
      const end = await sql.listen('till', (payload) => heard.push(payload));
      const endOther = await sql.listen('till', (payload) => {
        if (payload === 'last') other.resolve(payload);
      });
      const rolledBack = sql.transaction(async (tx) => {
        await tx.rows(template`SELECT pg_notify('till', 'rolled back')`);
        throw new Error('undo');
      });
      await expect(rolledBack).rejects.toThrow('undo');
      await sql.transaction(async (tx) => {
        await tx.rows(template`SELECT pg_notify('till', 'first')`);
        await tx.rows(template`SELECT pg_notify('till', 'second')`);
      });
      await expect.poll(() => heard).toEqual(['first', 'second']);
      await end();
      await sql.rows(template`SELECT pg_notify('till', 'last')`);
      await other.promise;
      await endOther();
      expect(heard).toEqual(['first', 'second']);
    });

    test('migrations run once, in order, and one that fails leaves nothing', async () => {
      const first = { id: '1', up: 'CREATE TABLE shelves (id integer);\nINSERT INTO shelves VALUES (1);\n' };
      await migrate(sql, 'shelf', [first]);
      await migrate(sql, 'shelf', [first, { id: '2', up: template`INSERT INTO shelves VALUES (2)` }]);
      const failing = migrate(sql, 'shelf', [
        { id: '3', up: 'INSERT INTO shelves VALUES (3);\nSELECT no_such_column FROM shelves' },
      ]);
      await expect(failing).rejects.toThrow();
      expect(await sql.rows(template`SELECT id FROM shelves ORDER BY id`)).toEqual([{ id: 1 }, { id: 2 }]);
    });

    test('several hubs that start at once migrate once', async () => {
      const migrations = [1, 2, 3].map((n) => ({
        id: String(n),
        up: template.raw(`CREATE TABLE started_${n} AS SELECT ${n} AS n`),
      }));
      await Promise.all(Array.from({ length: 4 }, () => migrate(sql, 'start', migrations)));
      const noted = await sql.rows(
        template`SELECT id FROM kernel.migrations WHERE name = 'start' ORDER BY id`,
      );
      expect(noted).toEqual([{ id: '1' }, { id: '2' }, { id: '3' }]);
    });

    test('it closes after the transaction that runs, and refuses whoever comes later; all is there again', async () => {
      const running = Promise.withResolvers<void>();
      const goOn = Promise.withResolvers<void>();
      const last = sql.transaction(async (tx) => {
        running.resolve();
        await goOn.promise;
        await tx.rows(template`INSERT INTO sales VALUES (11)`);
      });
      await running.promise;
      const closed = sql.close();
      goOn.resolve();
      await Promise.all([last, closed]);
      await expect(sql.rows(template`SELECT 1`)).rejects.toThrow();
      sql = await database.open();
      expect(await ids()).toEqual([11]);
    });
  });
}
