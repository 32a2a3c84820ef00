import { sql as template } from 'drizzle-orm';
import type { Sql } from '../kernel/sql/sql.ts';
import type { Outcome, PendingFact } from './apply-fact.ts';

/** The facts to apply next, in the journal's order: none behind a quarantined or postponed one of its aggregate. */
export async function readPending(sql: Sql, now: Date, limit: number): Promise<PendingFact[]> {
  return sql.rows<PendingFact>(template`
    SELECT open.position::text AS position, open.attempts, fact.id, fact.node, fact.epoch, fact.shop_id, fact.hlc,
      fact.type, fact.version, fact.aggregate, fact.payload, fact.traceparent,
      to_char(fact.received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS received_at
    FROM (
      SELECT position, id, attempts FROM intake.open_facts AS mine
      WHERE NOT quarantined AND (retry_at IS NULL OR retry_at <= ${now.toISOString()}::timestamptz)
        AND NOT EXISTS (
          SELECT FROM intake.open_facts AS earlier
          WHERE earlier.shop_id = mine.shop_id AND earlier.aggregate = mine.aggregate
            AND earlier.position < mine.position
            AND (earlier.quarantined OR earlier.retry_at IS NOT NULL)
            AND (earlier.quarantined OR earlier.retry_at > ${now.toISOString()}::timestamptz))
      ORDER BY position LIMIT ${limit}
    ) AS open JOIN intake.journal AS fact USING (id) ORDER BY open.position`);
}

/** When the next postponed fact is due, epoch milliseconds. */
export async function nextRetry(sql: Sql, now: Date): Promise<number | null> {
  const [row] = await sql.rows<{ at: string | null }>(template`
    SELECT (extract(epoch FROM min(retry_at)) * 1000)::text AS at
    FROM intake.open_facts WHERE NOT quarantined AND retry_at > ${now.toISOString()}::timestamptz`);
  return row?.at == null ? null : Math.ceil(Number(row.at));
}

/** Closes what was applied and notes why the rest was not. */
export async function noteOutcomes(
  sql: Sql,
  outcomes: ReadonlyMap<PendingFact, Outcome>,
  nowMs: number,
): Promise<void> {
  const applied: string[] = [];
  const held: object[] = [];
  for (const [{ position }, outcome] of outcomes) {
    if (outcome.kind === 'applied') applied.push(position);
    else {
      const retry_at = outcome.kind === 'retry' ? new Date(nowMs + outcome.afterMs).toISOString() : null;
      held.push({ position, quarantined: outcome.kind === 'quarantined', retry_at, error: outcome.error });
    }
  }
  if (applied.length > 0) {
    await sql.rows(template`DELETE FROM intake.open_facts
      WHERE position IN (SELECT value::bigint FROM json_array_elements_text(${JSON.stringify(applied)}::json))`);
  }
  if (held.length > 0) {
    await sql.rows(template`
      UPDATE intake.open_facts AS open SET quarantined = h.quarantined, retry_at = h.retry_at, error = h.error,
        attempts = open.attempts + 1
      FROM jsonb_to_recordset(${JSON.stringify(held)}::jsonb)
        AS h (position bigint, quarantined boolean, retry_at timestamptz, error jsonb)
      WHERE open.position = h.position`);
  }
}
