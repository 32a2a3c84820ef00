import { sql as template } from 'drizzle-orm';
import type { Sql } from '../../sql/sql.ts';
import type { FailedJob, JobDepth } from '../jobs.ts';
import { CHANNEL } from './put-job.ts';

const MAX_LISTED = 100;

export async function failedJobs(sql: Sql, name: string | undefined): Promise<FailedJob[]> {
  const named = name === undefined ? template`` : template`AND name = ${name}`;
  const rows = await sql.rows<
    Omit<FailedJob, 'payload' | 'failedAt'> & { payload: string; at: number }
  >(template`
    SELECT name, id, payload, attempts, error, (extract(epoch FROM failed_at) * 1000)::bigint AS at
    FROM jobs.job WHERE state = 'failed' ${named}
    ORDER BY failed_at DESC, name, id LIMIT ${MAX_LISTED}::integer`);
  return rows.map(({ at, ...row }) => ({
    ...row,
    payload: JSON.parse(row.payload),
    failedAt: new Date(at).toISOString(),
  }));
}

export async function retryFailedJob(sql: Sql, name: string, id: string, now: number): Promise<boolean> {
  const begun = await sql.rows(template`
    WITH begun AS (
      UPDATE jobs.job SET state = 'waiting', due_at = ${new Date(now)}::timestamptz, attempts = 0,
        error = NULL, failed_at = NULL
      WHERE name = ${name} AND id = ${id} AND state = 'failed' RETURNING name)
    SELECT pg_notify(${CHANNEL}, name) FROM begun`);
  return begun.length > 0;
}

export async function jobDepth(sql: Sql): Promise<JobDepth[]> {
  return await sql.rows<JobDepth>(template`
    SELECT name,
      count(*) FILTER (WHERE state = 'waiting') AS waiting,
      count(*) FILTER (WHERE state = 'running') AS running,
      count(*) FILTER (WHERE state = 'failed') AS failed
    FROM jobs.job GROUP BY name ORDER BY name`);
}

/** Whether a job runs, or waits although it is due. */
export async function isBusy(sql: Sql, now: number): Promise<boolean> {
  const rows = await sql.rows(template`
    SELECT FROM jobs.job
    WHERE state = 'running' OR (state = 'waiting' AND due_at <= ${new Date(now)}::timestamptz) LIMIT 1`);
  return rows.length > 0;
}
