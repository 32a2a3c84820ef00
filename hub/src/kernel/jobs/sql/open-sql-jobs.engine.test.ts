import { sql as template } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { type CuttableLink, openCuttableLink } from '../../../testing/cuttable-link.ts';
import { systemClock } from '../../clock.ts';
import { openPostgresSql, type PostgresOptions } from '../../sql/postgres/open-postgres-sql.ts';
import type { Sql } from '../../sql/sql.ts';
import {
  makePostgresDatabase,
  type PostgresDatabase,
  TEST_POSTGRES,
} from '../../sql/testing/test-database.ts';
import { jobsContract } from '../jobs.contract.ts';
import { defineJob, type Jobs } from '../jobs.ts';
import { openSqlJobs } from './open-sql-jobs.ts';
import { sqlJobsUnderTest } from './sql-jobs-under-test.ts';
import { watchedSql } from './watched-sql.ts';

describe.skipIf(!TEST_POSTGRES)('on PostgreSQL (BUTIK_TEST_POSTGRES)', () => {
  let database: PostgresDatabase;
  let stores: Sql[];
  beforeAll(async () => {
    database = await makePostgresDatabase(TEST_POSTGRES!);
  });
  beforeEach(() => {
    stores = [];
  });
  afterEach(() => Promise.all(stores.map((sql) => sql.close())));
  afterAll(() => database.drop());

  async function store(options: Partial<PostgresOptions> = {}): Promise<Sql> {
    const sql = await database.open({ poolSize: 3, ...options });
    stores.push(sql);
    return sql;
  }

  jobsContract('sql on PostgreSQL', () => sqlJobsUnderTest(store));

  describe('over a line that breaks', () => {
    const mail = defineJob({
      name: 'mail.send',
      payload: z.string(),
      maxAttempts: 3,
      backoffMs: 1,
      maxBackoffMs: 2,
      timeoutMs: 5_000,
    });
    const away = { code: 'SERVICE_UNAVAILABLE' };
    let link: CuttableLink;
    let jobs: Jobs;
    beforeEach(async () => {
      const url = new URL(database.url);
      link = await openCuttableLink({ host: url.hostname, port: Number(url.port || 5432) });
      url.hostname = link.host;
      url.port = String(link.port);
      const limits = { acquireTimeoutMs: 1_000, statementTimeoutMs: 200 };
      const sql = await openPostgresSql({ url: url.href, ...limits });
      stores.push(sql);
      jobs = await openSqlJobs({
        sql,
        clock: systemClock,
        logger: pino({ level: 'silent' }),
        pollMs: 50,
        marginMs: 50,
      });
    });
    afterEach(async () => {
      await jobs.close();
      await link.close();
      const sql = await store();
      await sql.rows(template`TRUNCATE jobs.job`);
    });
    const eventually = <T>(check: () => T | Promise<T>) =>
      vi.waitFor(check, { timeout: 15_000, interval: 10 });

    test('jobs are refused while PostgreSQL is away, and worked off once it is back', async () => {
      const sent: string[] = [];
      await jobs.work(mail, async (text) => void sent.push(text));
      link.cut();
      await expect(jobs.enqueue(mail, 'a', { id: 'a' })).rejects.toMatchObject(away);
      link.heal();
      await eventually(() => jobs.enqueue(mail, 'b', { id: 'b' }));
      await eventually(() => expect(sent).toContain('b'));
    });

    test('a job whose line breaks while it runs is settled once the line is back, and not done twice', async () => {
      let sent = 0;
      await jobs.work(mail, async () => {
        sent++;
        link.cut();
        queueMicrotask(() => link.heal());
      });
      await jobs.enqueue(mail, 'a', { id: 'a' });
      await eventually(async () => expect(await jobs.depth()).toEqual([]));
      expect(sent).toBe(1);
    });

    test('a PostgreSQL that hangs is given up, and its jobs are worked off when it goes on', async () => {
      const sent: string[] = [];
      await jobs.work(mail, async (text) => void sent.push(text));
      link.stall();
      await expect(jobs.enqueue(mail, 'a', { id: 'a' })).rejects.toMatchObject({
        code: expect.stringMatching(/^(SERVICE_UNAVAILABLE|DEADLINE_EXCEEDED)$/),
      });
      link.heal();
      await eventually(() => jobs.enqueue(mail, 'b', { id: 'b' }));
      await eventually(() => expect(sent).toContain('b'));
    });
  });

  test('a job of one process wakes the worker of another, long before it would look', async () => {
    const options = { clock: systemClock, logger: pino({ level: 'silent' }), pollMs: 3_600_000 };
    const watched = watchedSql(await store());
    const worker = await openSqlJobs({ sql: watched.sql, ...options });
    const other = await openSqlJobs({ sql: await store(), ...options });
    const done = Promise.withResolvers<void>();
    const sweep = defineJob({
      name: 'order.sweep',
      payload: z.null(),
      maxAttempts: 1,
      backoffMs: 1,
      maxBackoffMs: 1,
      timeoutMs: 1_000,
    });
    await worker.work(sweep, async () => done.resolve());
    await watched.atRest();
    await other.enqueue(sweep, null, { id: 'all' });
    await done.promise;
    await worker.close();
    await other.close();
  });
});
