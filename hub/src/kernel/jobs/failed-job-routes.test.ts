import { createHttpServer, type HttpServer } from '@butik/proto/http/create-http-server';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { openPgliteSql } from '../sql/pglite/open-pglite-sql.ts';
import type { Sql } from '../sql/sql.ts';
import { failedJobRoutes } from './failed-job-routes.ts';
import { defineJob, type Jobs } from './jobs.ts';
import { openSqlJobs } from './sql/open-sql-jobs.ts';

const logger = pino({ level: 'silent' });
const print = defineJob({
  name: 'report.print',
  payload: z.object({ report: z.string() }),
  maxAttempts: 1,
  backoffMs: 1,
  maxBackoffMs: 1,
  timeoutMs: 5_000,
});

let sql: Sql;
let jobs: Jobs;
let app: HttpServer;
let paper = false;
const printed: string[] = [];
beforeAll(async () => {
  sql = await openPgliteSql({ directory: 'memory' });
  jobs = await openSqlJobs({ sql, clock: { now: () => Date.now() }, logger, pollMs: 20 });
  app = await createHttpServer({ logger, title: 'test', version: '0' });
  await app.register(failedJobRoutes(jobs, logger));
  await jobs.work(print, async ({ report }) => {
    if (!paper) throw new Error('no paper');
    printed.push(report);
  });
});
afterAll(async () => {
  await app.close();
  await jobs.close();
  await sql.close();
});

test('head office sees what was given up and why, and begins it anew when the cause is mended', async () => {
  await jobs.enqueue(print, { report: 'sales' }, { id: 'sales-of-today' });
  await jobs.idle();
  const { items } = (await app.inject('/v1/jobs/failed?name=report.print')).json();
  expect(items).toMatchObject([{ id: 'sales-of-today', attempts: 1, payload: { report: 'sales' } }]);
  expect(items[0].error).toContain('no paper');

  paper = true;
  const again = () =>
    app.inject({ method: 'POST', url: '/v1/jobs/failed/report.print/sales-of-today/retry' });
  expect((await again()).statusCode).toBe(202);
  await jobs.idle();
  expect(printed).toEqual(['sales']);
  expect((await app.inject('/v1/jobs/failed')).json()).toEqual({ items: [] });
  expect((await again()).json()).toMatchObject({ status: 404, code: 'JOB_NOT_FOUND' });
});
