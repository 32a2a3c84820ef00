import { sql as template } from 'drizzle-orm';
import type { Sql } from '../../kernel/sql/sql.ts';

const BATCH_ROWS = 5000;

/**
 * Deletes log entries older than `retainMs` in small transactions and raises the floor; clients behind the
 * floor must fetch anew. The newest position itself always stays, for clients that wait on a quiet feed. It notes the time of today's position, so it must run regularly (hourly) to know
 * ages. `nowMs` is epoch milliseconds. Returns the number of entries deleted.
 */
export async function compactLog(
  sql: Sql,
  { retainMs, nowMs }: { retainMs: number; nowMs: number },
): Promise<number> {
  const now = new Date(nowMs).toISOString();
  await sql.rows(template`INSERT INTO feed.marks (at, lsn) SELECT ${now}::timestamptz, lsn FROM feed.position
    ON CONFLICT DO NOTHING`);
  const oldest = new Date(nowMs - retainMs).toISOString();
  const [mark] = await sql.rows<{ lsn: string | null }>(
    template`SELECT (max(lsn) - 1)::text AS lsn FROM feed.marks WHERE at < ${oldest}::timestamptz`,
  );
  if (mark?.lsn == null) return 0;
  const lsn = mark.lsn;
  // The floor comes first: readers take it in the same statement as the entries, and so know of a gap.
  await sql.rows(template`UPDATE feed.position SET floor = greatest(floor, ${lsn}::bigint)`);
  let deleted = 0;
  for (;;) {
    const batch = await sql.rows(template`DELETE FROM feed.log WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM feed.log WHERE lsn <= ${lsn}::bigint LIMIT ${BATCH_ROWS})) RETURNING 1`);
    deleted += batch.length;
    if (batch.length < BATCH_ROWS) break;
  }
  await sql.rows(template`DELETE FROM feed.marks WHERE at < ${oldest}::timestamptz AND lsn < ${lsn}::bigint`);
  return deleted;
}
