import { sql as template } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../clock.ts';
import type { Sql } from '../../sql/sql.ts';
import { openTestSql } from '../../sql/testing/test-database.ts';
import { jobsContract } from '../jobs.contract.ts';
import { defineJob } from '../jobs.ts';
import { openSqlJobs, type SqlJobsOptions } from './open-sql-jobs.ts';
import { sqlJobsUnderTest } from './sql-jobs-under-test.ts';
import { watchedSql } from './watched-sql.ts';

let sql: Sql;
beforeAll(async () => {
  sql = await openTestSql();
});
afterAll(() => sql.close());

jobsContract('sql', () => sqlJobsUnderTest(async () => sql));

const logger = pino({ level: 'silent' });
const sweep = defineJob({
  name: 'order.sweep',
  payload: z.null(),
  maxAttempts: 2,
  backoffMs: 60_000,
  maxBackoffMs: 60_000,
  timeoutMs: 1_000,
});

test('time is the clock’s: a job, its pause and a schedule come when the clock says so', async () => {
  let now = Date.parse('2026-11-22T12:00:00Z');
  await sql.rows(template`TRUNCATE jobs.job, jobs.schedule`);
  const jobs = await openSqlJobs({ sql, clock: { now: () => now }, logger, pollMs: 10, random: () => 0.5 });
  const attempts: number[] = [];
  await jobs.work(sweep, async (_payload, { number }) => {
    attempts.push(number);
    if (number === 1) throw new Error('not yet');
  });
  let runs = 0;
  await jobs.schedule('order.scan', { everyMs: 3_600_000, timeoutMs: 1_000 }, async () => void runs++);
  await jobs.enqueue(sweep, null, { id: 'all', delayMs: 60_000 });
  await jobs.idle();
  expect(attempts).toEqual([]);
  now += 60_000;
  await jobs.idle();
  expect(attempts).toEqual([1]);
  now += 44_999;
  await jobs.idle();
  expect(attempts).toEqual([1]);
  now += 1;
  await jobs.idle();
  expect(attempts).toEqual([1, 2]);
  expect(runs).toBe(0);
  now += 10 * 3_600_000;
  await expect.poll(() => runs).toBe(1);
  await jobs.close();
});

test('an idle hub asks the store seldom, and a job in this process begins at once all the same', async () => {
  const watched = watchedSql(sql);
  const options: SqlJobsOptions = { sql: watched.sql, clock: systemClock, logger, pollMs: 3_600_000 };
  const jobs = await openSqlJobs(options);
  const done = Promise.withResolvers<void>();
  await jobs.work(sweep, async () => done.resolve());
  await watched.atRest();
  await jobs.enqueue(sweep, null, { id: 'all' });
  await done.promise;
  await watched.atRest();
  expect(watched.asked()).toBeLessThan(20);
  await jobs.close();
});
