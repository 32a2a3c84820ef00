import { sql as template } from 'drizzle-orm';
import type { Sql } from '../../sql/sql.ts';
import type { KeptJob } from '../keep-job.ts';

/** Where the processes tell each other of work, with the job's name. */
export const CHANNEL = 'butik_jobs';

/**
 * Keeps a job in place of the one of its name and id; while that one runs, as what follows it. The other processes
 * are told, unless the job is due so late that they look by themselves before.
 */
export async function putJob(
  sql: Sql,
  name: string,
  job: KeptJob,
  { now, tellWithinMs }: { now: number; tellWithinMs: number },
): Promise<void> {
  const dueAt = new Date(now + job.delayMs);
  await sql.rows(template`
    WITH put AS (
      INSERT INTO jobs.job AS job (name, id, payload, traceparent, state, due_at)
      VALUES (${name}, ${job.id}, ${job.payload}, ${job.traceparent ?? null}, 'waiting', ${dueAt}::timestamptz)
      ON CONFLICT (name, id) DO UPDATE SET
        payload = excluded.payload,
        traceparent = excluded.traceparent,
        state = CASE job.state WHEN 'running' THEN 'running' ELSE 'waiting' END,
        due_at = CASE job.state WHEN 'running' THEN greatest(job.due_at, excluded.due_at) ELSE excluded.due_at END,
        follow_at = CASE job.state WHEN 'running' THEN excluded.due_at END,
        attempts = CASE job.state WHEN 'running' THEN job.attempts ELSE 0 END,
        error = NULL,
        failed_at = NULL
      RETURNING name)
    SELECT pg_notify(${CHANNEL}, name) FROM put WHERE ${job.delayMs < tellWithinMs}::boolean`);
}
