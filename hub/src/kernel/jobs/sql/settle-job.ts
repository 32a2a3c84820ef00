import { sql as template } from 'drizzle-orm';
import type { Sql } from '../../sql/sql.ts';

/** An attempt, as who made it knows it. Once its lease has gone to another process it can settle nothing. */
export interface Held {
  name: string;
  id: string;
  lease: string;
}

const held = ({ name, id, lease }: Held) =>
  template`name = ${name} AND id = ${id} AND lease = ${lease}::uuid`;

/** The job is gone; one that was enqueued again meanwhile waits for its time. Bears a repeat. */
export async function settleDone(sql: Sql, attempt: Held): Promise<void> {
  const gone = await sql.rows(
    template`DELETE FROM jobs.job WHERE ${held(attempt)} AND follow_at IS NULL RETURNING id`,
  );
  if (gone.length > 0) return;
  await sql.rows(template`
    UPDATE jobs.job SET state = 'waiting', due_at = follow_at, follow_at = NULL, attempts = 0, lease = NULL
    WHERE ${held(attempt)} AND follow_at IS NOT NULL`);
}

/** It waits for its next attempt, or is set aside without `retryAt`; what was enqueued meanwhile takes its place. */
export async function settleFailed(
  sql: Sql,
  attempt: Held,
  { error, now, retryAt }: { error: string; now: number; retryAt: number | undefined },
): Promise<void> {
  const next = retryAt === undefined ? null : new Date(retryAt);
  await sql.rows(template`
    UPDATE jobs.job SET
      state = CASE WHEN follow_at IS NULL AND ${next}::timestamptz IS NULL THEN 'failed' ELSE 'waiting' END,
      due_at = coalesce(follow_at, ${next}::timestamptz, due_at),
      attempts = CASE WHEN follow_at IS NULL THEN attempts ELSE 0 END,
      error = CASE WHEN follow_at IS NULL THEN ${error} END,
      failed_at = CASE WHEN follow_at IS NULL THEN ${new Date(now)}::timestamptz END,
      follow_at = NULL,
      lease = NULL
    WHERE ${held(attempt)}`);
}

/** How many failed jobs one call drops at most. */
const DROP_AT_ONCE = 1_000;

/** Drops the oldest failed jobs of a name beyond those that are kept, and returns their ids. */
export async function dropOldFailures(sql: Sql, name: string, keep: number): Promise<string[]> {
  const dropped = await sql.rows<{ id: string }>(template`
    DELETE FROM jobs.job WHERE name = ${name} AND state = 'failed' AND id IN (
      SELECT id FROM jobs.job WHERE name = ${name} AND state = 'failed'
      ORDER BY failed_at DESC, id OFFSET ${keep}::integer LIMIT ${DROP_AT_ONCE}::integer)
    RETURNING id`);
  return dropped.map(({ id }) => id);
}
