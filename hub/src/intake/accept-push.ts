import { hash } from 'node:crypto';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { Fact, PushRequest } from '@butik/proto/facts/sync-wire';
import { acceptBatch, type Cursor, type Decision, EMPTY_CURSOR, type Held } from '@butik/sync/accept-batch';
import type { Sha256 } from '@butik/sync/hash-chain';
import { sql as template } from 'drizzle-orm';
import type { Sql, SqlTx } from '../kernel/sql/sql.ts';
import type { NodeIdentity } from './node-auth.ts';

const sha256: Sha256 = (text) => hash('sha256', text, 'hex');

/** The decision, already carried out and durable, and what is acknowledged after it. */
export interface Accepted {
  decision: Decision;
  acknowledged: number;
}

/**
 * Decides on a batch and journals what is new of it, in one transaction with the cursor. Throws what
 * `acceptBatch` throws, and FACT_HASH_MISMATCH for a fact whose id is another fact's.
 */
export async function acceptPush(
  sql: Sql,
  node: NodeIdentity,
  request: PushRequest,
  received: { at: Date; clockAheadMs: number; bytes: number },
): Promise<Accepted> {
  return sql.transaction(async (tx) => {
    const cursor = await lockCursor(tx, node, request);
    const held = await readHeld(tx, node, request, cursor);
    const sender = { node: node.nodeId, epoch: node.epoch };
    const decision = acceptBatch({ sha256, sender, cursor, held, request });
    if (decision.kind !== 'append') return { decision, acknowledged: cursor.acknowledged };
    await journal(tx, node, decision.facts, received.at);
    const last = decision.facts.at(-1)!;
    // What fills a hole below the cursor leaves it where it is.
    const { acknowledged, hash } = last.seq > cursor.acknowledged ? headOf(last) : cursor;
    await tx.rows(template`UPDATE intake.cursors SET acknowledged = ${acknowledged}, hash = ${hash},
        last_received_at = ${received.at.toISOString()}::timestamptz, clock_ahead_ms = ${received.clockAheadMs},
        bytes = bytes + ${received.bytes}
      WHERE node = ${node.nodeId} AND epoch = ${node.epoch} AND channel = ${request.channel}`);
    return { decision, acknowledged };
  });
}

const headOf = ({ seq, hash }: Fact): Cursor => ({ acknowledged: seq, hash });

/** The cursor's row, made when missing and locked, so that pushes of one channel queue up. */
async function lockCursor(tx: SqlTx, node: NodeIdentity, request: PushRequest): Promise<Cursor> {
  const [row] = await tx.rows<{ acknowledged: string; hash: string }>(template`
    INSERT INTO intake.cursors (node, epoch, channel, shop_id, acknowledged, hash)
    VALUES (${node.nodeId}, ${node.epoch}, ${request.channel}, ${node.shopId}, 0, ${EMPTY_CURSOR.hash})
    ON CONFLICT (node, epoch, channel) DO UPDATE SET shop_id = excluded.shop_id
    RETURNING acknowledged::text, hash`);
  return { acknowledged: Number(row!.acknowledged), hash: row!.hash };
}

async function readHeld(
  tx: SqlTx,
  node: NodeIdentity,
  { channel, facts }: PushRequest,
  cursor: Cursor,
): Promise<Map<number, Held>> {
  const from = facts[0]!.seq - 1;
  const to = Math.min(facts.at(-1)!.seq + 1, cursor.acknowledged);
  if (from >= cursor.acknowledged) return new Map();
  const rows = await tx.rows<{ seq: string } & Held>(template`
    SELECT seq::text, hash, prev_hash AS "prevHash" FROM intake.journal
    WHERE node = ${node.nodeId} AND epoch = ${node.epoch} AND channel = ${channel} AND seq BETWEEN ${from} AND ${to}`);
  return new Map(rows.map((row) => [Number(row.seq), row]));
}

/** One statement a batch. The facts travel as one JSON text; as parameters they would be too many. */
async function journal(tx: SqlTx, node: NodeIdentity, facts: Fact[], receivedAt: Date): Promise<void> {
  const inserted = await tx.rows<{ facts: number }>(template`
    WITH journalled AS (
      INSERT INTO intake.journal
        (node, epoch, channel, seq, id, shop_id, hlc, type, version, aggregate, payload, prev_hash, hash, received_at,
          traceparent)
      SELECT ${node.nodeId}::uuid, ${node.epoch}::integer, f.channel, f.seq, f.id, ${node.shopId}::uuid, f.hlc, f.type,
        f.version, f.aggregate, f.payload, f."prevHash", f.hash, ${receivedAt.toISOString()}::timestamptz,
        f.traceparent
      FROM json_to_recordset(${JSON.stringify(facts)}::json) AS f (channel text, seq bigint, id uuid, hlc text,
        type text, version integer, aggregate text, payload text, "prevHash" text, hash text, traceparent text)
      ON CONFLICT (id) DO NOTHING RETURNING position, id, shop_id, aggregate
    ), opened AS (
      INSERT INTO intake.open_facts (position, id, shop_id, aggregate) SELECT * FROM journalled
    )
    SELECT count(*)::integer AS facts FROM journalled`);
  if (inserted[0]!.facts !== facts.length) {
    throw new ButikError('FACT_HASH_MISMATCH', {
      message: 'A fact of the batch has the id of another fact.',
    });
  }
}
