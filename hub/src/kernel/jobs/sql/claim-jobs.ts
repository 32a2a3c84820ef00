import { sql as template } from 'drizzle-orm';
import type { Sql } from '../../sql/sql.ts';

export interface ClaimedJob {
  id: string;
  payload: string;
  traceparent: string | null;
  attempts: number;
  lease: string;
}

export interface Claim {
  name: string;
  limit: number;
  now: number;
  /** Epoch milliseconds from which another process may take the jobs. */
  leaseEndsAt: number;
  /** Ids that this process still works at: not to be taken, even if their lease is over. */
  except: readonly string[];
}

/** Takes jobs that are due, the longest due first; those that another process takes at the moment are passed over. */
export async function claimJobs(sql: Sql, claim: Claim): Promise<ClaimedJob[]> {
  const { name, limit, now, leaseEndsAt, except } = claim;
  return await sql.rows<ClaimedJob>(template`
    WITH due AS MATERIALIZED (
      SELECT id FROM jobs.job
      WHERE name = ${name} AND state <> 'failed' AND due_at <= ${new Date(now)}::timestamptz
        AND id NOT IN (SELECT jsonb_array_elements_text(${JSON.stringify(except)}::jsonb))
      ORDER BY due_at LIMIT ${limit}::integer FOR UPDATE SKIP LOCKED)
    UPDATE jobs.job SET
      state = 'running',
      due_at = ${new Date(leaseEndsAt)}::timestamptz,
      attempts = CASE WHEN follow_at IS NULL THEN attempts ELSE 0 END + 1,
      follow_at = NULL,
      lease = gen_random_uuid()
    FROM due WHERE job.name = ${name} AND job.id = due.id
    RETURNING job.id, payload, traceparent, attempts, lease`);
}

/** When the next job of each name may be taken, in epoch milliseconds; names without one are left out. */
export async function nextDue(sql: Sql, names: readonly string[]): Promise<{ name: string; due: number }[]> {
  return await sql.rows(template`
    SELECT wanted.name, (extract(epoch FROM next.due_at) * 1000)::bigint AS due
    FROM jsonb_array_elements_text(${JSON.stringify(names)}::jsonb) AS wanted (name)
    CROSS JOIN LATERAL (
      SELECT due_at FROM jobs.job WHERE job.name = wanted.name AND state <> 'failed'
      ORDER BY due_at LIMIT 1) AS next`);
}
