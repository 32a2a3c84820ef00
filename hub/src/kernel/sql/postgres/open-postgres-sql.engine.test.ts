import { sql as template } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sqlContract } from '../sql.contract.ts';
import type { Sql } from '../sql.ts';
import { openHangingProxy } from '../testing/hanging-proxy.ts';
import { makePostgresDatabase, type PostgresDatabase, TEST_POSTGRES } from '../testing/test-database.ts';
import { openPostgresSql, type PostgresOptions } from './open-postgres-sql.ts';

const UNAVAILABLE = { code: 'SERVICE_UNAVAILABLE', details: { part: 'sql' } };

describe.skipIf(TEST_POSTGRES === undefined)('with the PostgreSQL at BUTIK_TEST_POSTGRES', () => {
  sqlContract('PostgreSQL', () => makePostgresDatabase(TEST_POSTGRES!));

  let database: PostgresDatabase;
  let opened: Sql[];
  let sql: Sql;
  beforeAll(async () => {
    database = await makePostgresDatabase(TEST_POSTGRES!);
  });
  beforeEach(async () => {
    opened = [];
    sql = await open();
    await sql.rows(template`DROP TABLE IF EXISTS sales`);
    await sql.rows(template`CREATE TABLE sales (id integer PRIMARY KEY, pieces integer NOT NULL DEFAULT 1)`);
  });
  afterEach(async () => {
    await Promise.all(opened.map((one) => one.close()));
  });
  afterAll(() => database.drop());

  async function open(options: Partial<PostgresOptions> = {}): Promise<Sql> {
    const one = await database.open(options);
    opened.push(one);
    return one;
  }
  const sold = () => sql.rows(template`SELECT id, pieces FROM sales ORDER BY id`);
  const terminate = (pid: number) => database.administer(`SELECT pg_terminate_backend(${pid})`);
  const pidOf = async (tx: Pick<Sql, 'rows'>) =>
    (await tx.rows<{ pid: number }>(template`SELECT pg_backend_pid() AS pid`))[0]!.pid;
  /** Resolves when the connection does what is said of it in `pg_stat_activity`. */
  const until = (pid: number, state: string) =>
    expect
      .poll(() => database.administer(`SELECT 1 FROM pg_stat_activity WHERE pid = ${pid} AND ${state}`))
      .toHaveLength(1);

  test('a transaction whose connection is lost between two statements rejects and leaves nothing', async () => {
    const failing = sql.transaction(async (tx) => {
      await tx.rows(template`INSERT INTO sales VALUES (1)`);
      await terminate(await pidOf(tx));
      await tx.rows(template`INSERT INTO sales VALUES (2)`);
    });
    await expect(failing).rejects.toMatchObject(UNAVAILABLE);
    expect(await sold()).toEqual([]);
  });

  test('so does one whose connection is lost in the middle of a statement', async () => {
    const pid = Promise.withResolvers<number>();
    const failing = sql.transaction(async (tx) => {
      await tx.rows(template`INSERT INTO sales VALUES (1)`);
      pid.resolve(await pidOf(tx));
      await tx.rows(template`SELECT pg_sleep(60)`);
    });
    const rejected = expect(failing).rejects.toMatchObject(UNAVAILABLE);
    await until(await pid.promise, "query LIKE '%pg_sleep%'");
    await terminate(await pid.promise);
    await rejected;
    expect(await sold()).toEqual([]);
  });

  test('one whose connection is lost before its commit is not said to be committed', async () => {
    const failing = sql.transaction(async (tx) => {
      await tx.rows(template`INSERT INTO sales VALUES (1)`);
      await terminate(await pidOf(tx));
    });
    await expect(failing).rejects.toMatchObject(UNAVAILABLE);
    expect(await sold()).toEqual([]);
  });

  test('connections that are lost while nobody uses them are replaced, and the log says so', async () => {
    const errors: string[] = [];
    const logger = { error: (_: object, message: string) => void errors.push(message) };
    const logged = await open({ logger });
    await terminate(await pidOf(logged));
    await expect.poll(() => errors).toHaveLength(1);
    expect(await logged.rows(template`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
  });

  test('an engine that is not there is named as the part that is missing', async () => {
    const proxy = await openHangingProxy(database.url);
    await proxy.close();
    await expect(openPostgresSql({ url: proxy.url })).rejects.toMatchObject(UNAVAILABLE);
  });

  test('a statement that takes too long is ended, and its connection serves the next', async () => {
    const impatient = await open({ poolSize: 1, statementTimeoutMs: 200 });
    const pid = await pidOf(impatient);
    await expect(impatient.rows(template`SELECT pg_sleep(60)`)).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    expect(await pidOf(impatient)).toBe(pid);
  });

  test('a transaction may ask for more time, and only for itself', async () => {
    const impatient = await open({ poolSize: 1, statementTimeoutMs: 200 });
    await impatient.transaction((tx) => tx.rows(template`SELECT pg_sleep(0.5)`), { statementTimeoutMs: 0 });
    await expect(impatient.rows(template`SELECT pg_sleep(60)`)).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
  });

  test('a network that falls silent is noticed', async () => {
    const proxy = await openHangingProxy(database.url);
    const far = await openPostgresSql({ url: proxy.url, poolSize: 1, statementTimeoutMs: 200 });
    const failing = far.transaction(async (tx) => {
      await tx.rows(template`INSERT INTO sales VALUES (1)`);
      proxy.hang();
      await tx.rows(template`INSERT INTO sales VALUES (2)`);
    });
    await expect(failing).rejects.toMatchObject(UNAVAILABLE);
    await proxy.close();
    await far.close();
    expect(await sold()).toEqual([]);
  });

  test('a listener whose connection is lost is told that it may have missed something, and hears on', async () => {
    const heard: string[] = [];
    const missed = Promise.withResolvers<void>();
    const end = await sql.listen('till', (payload) => heard.push(payload), missed.resolve);
    const [line] = await database.administer(
      `SELECT pid FROM pg_stat_activity WHERE application_name = 'butik-hub-listen' AND datname = '${new URL(database.url).pathname.slice(1)}'`,
    );
    await terminate(Number(line!.pid));
    await missed.promise;
    await sql.rows(template`SELECT pg_notify('till', 'afterwards')`);
    await expect.poll(() => heard).toEqual(['afterwards']);
    await end();
  });

  test('a transaction that lost against another is run again', async () => {
    await sql.rows(template`INSERT INTO sales VALUES (1, 10)`);
    let attempts = 0;
    await sql.transaction(async (tx) => {
      attempts++;
      await tx.rows(template`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`);
      const [sale] = await tx.rows<{ pieces: number }>(template`SELECT pieces FROM sales`);
      if (attempts === 1) await sql.rows(template`UPDATE sales SET pieces = pieces + 5`);
      await tx.rows(template`UPDATE sales SET pieces = ${sale!.pieces + 1}`);
    });
    expect(attempts).toBe(2);
    expect(await sold()).toEqual([{ id: 1, pieces: 16 }]);
  });

  test('one that always loses is given up after six attempts, with the database’s own word', async () => {
    await sql.rows(template`INSERT INTO sales VALUES (1, 0)`);
    let attempts = 0;
    const losing = sql.transaction(async (tx) => {
      attempts++;
      await tx.rows(template`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`);
      await tx.rows(template`SELECT pieces FROM sales`);
      await sql.rows(template`UPDATE sales SET pieces = pieces + 1`);
      await tx.rows(template`UPDATE sales SET pieces = 0`);
    });
    await expect(losing).rejects.toMatchObject({ cause: { code: '40001' } });
    expect(attempts).toBe(6);
  });

  test('of two transactions that wait for each other both are done', async () => {
    await sql.rows(template`INSERT INTO sales VALUES (1, 0), (2, 0)`);
    const bothHold = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
    const cross = (first: number, second: number) =>
      sql.transaction(async (tx) => {
        await tx.rows(template`UPDATE sales SET pieces = pieces + 1 WHERE id = ${first}`);
        bothHold[first - 1]!.resolve();
        await Promise.all(bothHold.map(({ promise }) => promise));
        await tx.rows(template`UPDATE sales SET pieces = pieces + 1 WHERE id = ${second}`);
      });
    await Promise.all([cross(1, 2), cross(2, 1)]);
    expect(await sold()).toEqual([
      { id: 1, pieces: 2 },
      { id: 2, pieces: 2 },
    ]);
  });

  test('when every connection is busy the callers wait for a bounded time, and so many of them', async () => {
    const narrow = await open({ poolSize: 1, acquireTimeoutMs: 300 });
    const [held, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holding = narrow.transaction(async () => {
      held.resolve();
      await goOn.promise;
    });
    await held.promise;
    const waiting = Array.from({ length: 100 }, () => narrow.rows(template`SELECT 1`));
    const settled = Promise.allSettled(waiting);
    await expect(narrow.rows(template`SELECT 1`)).rejects.toThrow('100 callers wait already');
    for (const result of await settled)
      expect(result).toMatchObject({ status: 'rejected', reason: UNAVAILABLE });
    goOn.resolve();
    await holding;
    expect(await narrow.rows(template`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
  });

  test('commits are durable and times in UTC whatever the database is set to', async () => {
    const name = new URL(database.url).pathname.slice(1);
    await database.administer(`ALTER DATABASE ${name} SET synchronous_commit = off`);
    await database.administer(`ALTER DATABASE ${name} SET timezone = 'Europe/Stockholm'`);
    const set = await open();
    expect(
      await set.rows(template`SELECT current_setting('synchronous_commit') AS commit,
        '2026-07-02T03:04:05Z'::timestamptz AS at`),
    ).toEqual([{ commit: 'on', at: '2026-07-02 03:04:05+00' }]);
  });

  test('drizzle’s own transactions run on one connection too', async () => {
    await sql.db.transaction(async (tx) => {
      const pids = [];
      for (let n = 0; n < 3; n++)
        pids.push((await tx.execute(template`SELECT pg_backend_pid() AS pid`)) as unknown);
      expect(new Set(pids.map((result) => (result as { rows: { pid: number }[] }).rows[0]!.pid)).size).toBe(
        1,
      );
      await tx.execute(template`INSERT INTO sales VALUES (1)`);
    });
    expect(await sold()).toHaveLength(1);
  });
});
