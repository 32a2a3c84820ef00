import { ButikError } from '@butik/proto/errors/butik-error';
import { CHANNELS } from '@butik/proto/facts/define-fact';
import { sql as template } from 'drizzle-orm';
import { z } from 'zod';
import type { Sql } from '../kernel/sql/sql.ts';
import { serviceFor } from './appliers.ts';
import { actionSchema, reasonSchema } from './quarantine.ts';

/** One fact's whole way, from the shop to the service that keeps its effect. */
export const tracedFactSchema = z.object({
  factId: z.uuid(),
  type: z.string(),
  version: z.int(),
  aggregate: z.string(),
  /** Where and when it was made. */
  made: z.object({
    shopId: z.uuid(),
    nodeId: z.uuid(),
    epoch: z.int(),
    channel: z.enum(CHANNELS),
    seq: z.int(),
    hlc: z.string(),
  }),
  receivedAt: z.string(),
  /** `waiting` is on its way to the service: not tried yet, to be tried again, or behind another of its aggregate. */
  state: z.enum(['applied', 'waiting', 'quarantined', 'written-off']),
  /** Who takes facts of this type; null when this hub does not know it. */
  service: z.string().nullable(),
  /** Attempts that failed, while it is not applied. */
  failedAttempts: z.int(),
  retryAt: z.string().nullable(),
  /** Why the last attempt failed, while it is not applied. */
  error: reasonSchema.nullable(),
  /** What people did with it, the first first. */
  actions: z.array(actionSchema),
  /** The W3C trace of the request that made it, where the shop is traced. */
  traceId: z.string().nullable(),
});
export type TracedFact = z.infer<typeof tracedFactSchema>;

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;

interface Row extends Pick<TracedFact, 'factId' | 'type' | 'version' | 'aggregate' | 'made' | 'receivedAt'> {
  traceparent: string | null;
  open: (Pick<TracedFact, 'failedAttempts' | 'retryAt' | 'error'> & { quarantined: boolean }) | null;
  actions: TracedFact['actions'];
}

/** Throws FACT_NOT_FOUND. */
export async function traceFact(sql: Sql, factId: string): Promise<TracedFact> {
  const [row] = await sql.rows<Row>(template`
    SELECT fact.id AS "factId", fact.type, fact.version, fact.aggregate, fact.traceparent,
      json_build_object('shopId', fact.shop_id, 'nodeId', fact.node, 'epoch', fact.epoch, 'channel', fact.channel,
        'seq', fact.seq, 'hlc', fact.hlc) AS made,
      to_char(fact.received_at AT TIME ZONE 'UTC', ${template.raw(ISO)}) AS "receivedAt",
      (SELECT json_build_object('quarantined', open.quarantined, 'failedAttempts', open.attempts, 'error', open.error,
          'retryAt', to_char(open.retry_at AT TIME ZONE 'UTC', ${template.raw(ISO)}))
        FROM intake.open_facts AS open WHERE open.position = fact.position) AS open,
      (SELECT coalesce(json_agg(json_build_object('action', done.action, 'by', done.by, 'reason', done.reason,
          'at', to_char(done.at AT TIME ZONE 'UTC', ${template.raw(ISO)})) ORDER BY done.position), '[]')
        FROM intake.quarantine_actions AS done WHERE done.fact_id = fact.id) AS actions
    FROM intake.journal AS fact WHERE fact.id = ${factId}`);
  if (!row) throw new ButikError('FACT_NOT_FOUND', { details: { factId } });
  const { open, traceparent, ...fact } = row;
  return {
    ...fact,
    state: stateOf(row),
    service: serviceFor(fact.type),
    failedAttempts: open?.failedAttempts ?? 0,
    retryAt: open?.retryAt ?? null,
    error: open?.error ?? null,
    traceId: traceparent?.split('-')[1] ?? null,
  };
}

function stateOf({ open, actions }: Row): TracedFact['state'] {
  if (open) return open.quarantined ? 'quarantined' : 'waiting';
  return actions.some(({ action }) => action === 'write-off') ? 'written-off' : 'applied';
}
