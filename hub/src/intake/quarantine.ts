import { ButikError } from '@butik/proto/errors/butik-error';
import { sql as template } from 'drizzle-orm';
import { z } from 'zod';
import type { Sql } from '../kernel/sql/sql.ts';

export const reasonSchema = z.object({
  code: z.string(),
  kind: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
});

/** What somebody did with a quarantined fact. */
export const actionSchema = z.object({
  action: z.enum(['retry', 'write-off']),
  /** As `user:NAME`. */
  by: z.string(),
  /** UTC, ISO 8601. */
  at: z.string(),
  /** Why it was written off. */
  reason: z.string().nullable(),
});

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
  reason: reasonSchema,
  /** Retries so far, the first first. */
  history: z.array(actionSchema),
});
export type Quarantined = z.infer<typeof quarantinedSchema>;

/** An action with its fact, which may be applied or written off since. */
export const quarantineActionSchema = actionSchema.extend({
  /** Place in the history; the cursor of the page after it. */
  position: z.int(),
  factId: z.uuid(),
  shopId: z.uuid(),
  type: z.string(),
  aggregate: z.string(),
  /** Why the fact was in quarantine at the time. */
  error: reasonSchema,
});
export type QuarantineAction = z.infer<typeof quarantineActionSchema>;

/** Who acts on a quarantined fact, and when. */
export interface Act {
  by: string;
  at: Date;
}

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;

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
      to_char(fact.received_at AT TIME ZONE 'UTC', ${template.raw(ISO)}) AS "receivedAt",
      (SELECT count(*)::integer FROM intake.open_facts AS later WHERE later.shop_id = open.shop_id
        AND later.aggregate = open.aggregate AND later.position > open.position AND NOT later.quarantined) AS waiting,
      (SELECT coalesce(json_agg(json_build_object('action', done.action, 'by', done.by, 'reason', done.reason,
          'at', to_char(done.at AT TIME ZONE 'UTC', ${template.raw(ISO)})) ORDER BY done.position), '[]')
        FROM intake.quarantine_actions AS done WHERE done.fact_id = open.id) AS history
    FROM intake.open_facts AS open JOIN intake.journal AS fact USING (id)
    WHERE open.quarantined ${after} ORDER BY open.position LIMIT ${page.limit}`);
}

/** What was done with quarantined facts, the latest first. `before` is the last position of the page before. */
export async function listQuarantineActions(
  sql: Sql,
  page: { limit: number; before?: number | undefined },
): Promise<QuarantineAction[]> {
  const before = page.before === undefined ? template`` : template`WHERE done.position < ${page.before}`;
  return sql.rows<QuarantineAction>(template`
    SELECT done.position::float8 AS position, done.fact_id AS "factId", done.action, done.by, done.reason, done.error,
      to_char(done.at AT TIME ZONE 'UTC', ${template.raw(ISO)}) AS at,
      fact.shop_id AS "shopId", fact.type, fact.aggregate
    FROM intake.quarantine_actions AS done JOIN intake.journal AS fact ON fact.id = done.fact_id
    ${before} ORDER BY done.position DESC LIMIT ${page.limit}`);
}

/** Puts a fact back to be applied, and notes who did. Throws QUARANTINE_NOT_FOUND. */
export async function retryFact(sql: Sql, factId: string, { by, at }: Act): Promise<void> {
  const rows = await sql.rows(template`
    WITH back AS (
      UPDATE intake.open_facts SET quarantined = false, attempts = 0, retry_at = NULL
      WHERE id = ${factId} AND quarantined RETURNING id, error)
    INSERT INTO intake.quarantine_actions (fact_id, action, by, at, error)
    SELECT id, 'retry', ${by}, ${at.toISOString()}::timestamptz, error FROM back RETURNING fact_id`);
  if (rows.length === 0) throw new ButikError('QUARANTINE_NOT_FOUND', { details: { factId } });
}

/**
 * Gives a fact up for good: it stays in the journal, who did it and why beside it, and its aggregate goes on.
 * Throws QUARANTINE_NOT_FOUND.
 */
export async function writeOffFact(sql: Sql, factId: string, reason: string, { by, at }: Act): Promise<void> {
  const rows = await sql.rows(template`
    WITH closed AS (DELETE FROM intake.open_facts WHERE id = ${factId} AND quarantined RETURNING id, error)
    INSERT INTO intake.quarantine_actions (fact_id, action, by, at, reason, error)
    SELECT id, 'write-off', ${by}, ${at.toISOString()}::timestamptz, ${reason}, error FROM closed RETURNING fact_id`);
  if (rows.length === 0) throw new ButikError('QUARANTINE_NOT_FOUND', { details: { factId } });
}
