import { ButikError } from '@butik/proto/errors/butik-error';
import { sql as template } from 'drizzle-orm';
import { z } from 'zod';
import type { Sql } from '../kernel/sql/sql.ts';

/** A fact that could not be applied, as head office sees it. */
export const quarantinedSchema = z.object({
  factId: z.uuid(),
  shopId: z.uuid(),
  nodeId: z.uuid(),
  epoch: z.int(),
  channel: z.string(),
  seq: z.int(),
  type: z.string(),
  version: z.int(),
  aggregate: z.string(),
  payload: z.string(),
  receivedAt: z.string(),
  attempts: z.int(),
  /** How many facts of its aggregate wait behind it. */
  waiting: z.int(),
  reason: z.object({
    code: z.string(),
    kind: z.string(),
    message: z.string(),
    details: z.record(z.string(), z.unknown()),
  }),
});
export type Quarantined = z.infer<typeof quarantinedSchema>;

/** The quarantine, oldest first. `after` is the last fact id of the page before. */
export async function listQuarantine(
  sql: Sql,
  page: { limit: number; after?: string | undefined },
): Promise<Quarantined[]> {
  const after = page.after
    ? template`AND open.position > (SELECT position FROM intake.journal WHERE id = ${page.after})`
    : template``;
  return sql.rows<Quarantined>(template`
    SELECT fact.id AS "factId", fact.shop_id AS "shopId", fact.node AS "nodeId", fact.epoch, fact.channel,
      fact.seq::float8 AS seq, fact.type, fact.version, fact.aggregate, fact.payload, open.attempts,
      open.error AS reason,
      to_char(fact.received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "receivedAt",
      (SELECT count(*)::integer FROM intake.open_facts AS later WHERE later.shop_id = open.shop_id
        AND later.aggregate = open.aggregate AND later.position > open.position AND NOT later.quarantined) AS waiting
    FROM intake.open_facts AS open JOIN intake.journal AS fact USING (id)
    WHERE open.quarantined ${after} ORDER BY open.position LIMIT ${page.limit}`);
}

/** Puts a fact back to be applied. Throws QUARANTINE_NOT_FOUND. */
export async function retryFact(sql: Sql, factId: string): Promise<void> {
  const rows = await sql.rows(template`
    UPDATE intake.open_facts SET quarantined = false, attempts = 0, retry_at = NULL
    WHERE id = ${factId} AND quarantined RETURNING id`);
  if (rows.length === 0) throw new ButikError('QUARANTINE_NOT_FOUND', { details: { factId } });
}

/**
 * Gives a fact up for good: it stays in the journal, the reason beside it, and its aggregate goes on.
 * Throws QUARANTINE_NOT_FOUND.
 */
export async function writeOffFact(sql: Sql, factId: string, reason: string, at: Date): Promise<void> {
  const rows = await sql.rows(template`
    WITH closed AS (DELETE FROM intake.open_facts WHERE id = ${factId} AND quarantined RETURNING id, error)
    INSERT INTO intake.write_offs (id, reason, error, written_off_at)
    SELECT id, ${reason}, error, ${at.toISOString()}::timestamptz FROM closed RETURNING id`);
  if (rows.length === 0) throw new ButikError('QUARANTINE_NOT_FOUND', { details: { factId } });
}
