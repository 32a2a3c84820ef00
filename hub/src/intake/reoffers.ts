import { ButikError } from '@butik/proto/errors/butik-error';
import { CHANNELS, type Channel } from '@butik/proto/facts/define-fact';
import { type KeptRequest, MAX_REOFFERS, type Reoffer } from '@butik/proto/facts/sync-wire';
import { sql as template } from 'drizzle-orm';
import { z } from 'zod';
import type { Sql, SqlTx } from '../kernel/sql/sql.ts';
import type { NodeIdentity } from './node-auth.ts';

/** A range that somebody had a box asked for again; the line is kept for ever. */
export const reofferedSchema = z.object({
  reofferId: z.uuid(),
  shopId: z.uuid(),
  nodeId: z.uuid(),
  epoch: z.int(),
  channel: z.enum(CHANNELS),
  from: z.int(),
  to: z.int(),
  /** As `user:NAME`. */
  by: z.string(),
  /** UTC, ISO 8601. */
  at: z.string(),
  /** When the box had sent what it still has; null while it has not. */
  answeredAt: z.string().nullable(),
  /** Up to this number the box no longer has the facts; null when it had them all. */
  goneTo: z.int().nullable(),
});
export type Reoffered = z.infer<typeof reofferedSchema>;

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;

/**
 * Asks the shop's newest box for a range again, as soon as it is heard of. The range is widened down to the
 * last fact that is held, so that what comes can be checked. Throws REOFFER_NOT_POSSIBLE.
 */
export async function askReoffer(
  sql: Sql,
  asked: { id: string; shopId: string; channel: Channel; from: number; to: number; by: string; at: Date },
): Promise<Reoffered> {
  const [box] = await sql.rows<{ node: string; epoch: number; open: number }>(template`
    SELECT c.node, c.epoch, (SELECT count(*)::integer FROM intake.reoffers AS r
      WHERE r.node = c.node AND r.epoch = c.epoch AND r.answered_at IS NULL) AS open
    FROM intake.cursors AS c WHERE c.shop_id = ${asked.shopId} ORDER BY c.last_received_at DESC NULLS LAST, c.epoch DESC LIMIT 1`);
  if (!box) throw notPossible('nothing was ever received from a box of this shop');
  if (box.open >= MAX_REOFFERS) throw notPossible(`${box.open} requests wait for their answer`);
  await sql.rows(template`
    INSERT INTO intake.reoffers (id, node, epoch, channel, shop_id, from_seq, to_seq, by, at)
    SELECT ${asked.id}, ${box.node}, ${box.epoch}, ${asked.channel}, ${asked.shopId},
      coalesce((SELECT max(seq) + 1 FROM intake.journal WHERE node = ${box.node} AND epoch = ${box.epoch}
        AND channel = ${asked.channel} AND seq < ${asked.from}), 1),
      ${asked.to}, ${asked.by}, ${asked.at.toISOString()}::timestamptz`);
  const [made] = await listReoffers(sql, { shopId: asked.shopId, id: asked.id });
  return made!;
}

/** The shop's requests, the latest first. */
export async function listReoffers(
  sql: Sql,
  { shopId, id }: { shopId: string; id?: string },
): Promise<Reoffered[]> {
  return sql.rows<Reoffered>(template`
    SELECT id AS "reofferId", shop_id AS "shopId", node AS "nodeId", epoch, channel, from_seq::float8 AS from,
      to_seq::float8 AS to, by, to_char(at AT TIME ZONE 'UTC', ${template.raw(ISO)}) AS at,
      to_char(answered_at AT TIME ZONE 'UTC', ${template.raw(ISO)}) AS "answeredAt", gone_to::float8 AS "goneTo"
    FROM intake.reoffers WHERE shop_id = ${shopId} ${id === undefined ? template`` : template`AND id = ${id}`}
    ORDER BY reoffers.at DESC, id LIMIT 200`);
}

/** What a box is still asked for, the oldest request first. */
export async function openReoffers(tx: SqlTx, { nodeId, epoch }: NodeIdentity): Promise<Reoffer[]> {
  return tx.rows<Reoffer>(template`
    SELECT id, channel, from_seq::float8 AS from, to_seq::float8 AS to FROM intake.reoffers
    WHERE node = ${nodeId} AND epoch = ${epoch} AND answered_at IS NULL ORDER BY at, id LIMIT ${MAX_REOFFERS}`);
}

/**
 * Takes note of what a box no longer has: closes the request that it answers, and where the hub expects a
 * fact that is gone, notes the gap and goes on after it. Nothing is ever acknowledged that way unseen: gaps are in the status.
 */
export async function noteKept(
  sql: Sql,
  { nodeId, epoch, shopId }: NodeIdentity,
  kept: KeptRequest,
  at: Date,
): Promise<{ from: number; to: number } | null> {
  return sql.transaction(async (tx) => {
    const goneTo = Math.min(kept.oldestKept - 1, kept.to);
    if (kept.reofferId !== null) {
      await tx.rows(template`
        UPDATE intake.reoffers SET answered_at = ${at.toISOString()}::timestamptz,
          gone_to = ${goneTo >= kept.from ? goneTo : null}
        WHERE id = ${kept.reofferId} AND node = ${nodeId} AND epoch = ${epoch} AND answered_at IS NULL`);
      return null;
    }
    const [row] = await tx.rows<{ acknowledged: number }>(template`
      SELECT acknowledged::float8 AS acknowledged FROM intake.cursors
      WHERE node = ${nodeId} AND epoch = ${epoch} AND channel = ${kept.channel} FOR UPDATE`);
    const gap = { from: (row?.acknowledged ?? 0) + 1, to: kept.oldestKept - 1 };
    if (gap.from > gap.to || kept.from !== gap.from) return null;
    await tx.rows(template`
      INSERT INTO intake.gaps (node, epoch, channel, from_seq, to_seq, noted_at)
      VALUES (${nodeId}, ${epoch}, ${kept.channel}, ${gap.from}, ${gap.to}, ${at.toISOString()}::timestamptz)`);
    await tx.rows(template`
      INSERT INTO intake.cursors (node, epoch, channel, shop_id, acknowledged, hash)
      VALUES (${nodeId}, ${epoch}, ${kept.channel}, ${shopId}, ${gap.to}, ${kept.prevHash})
      ON CONFLICT (node, epoch, channel) DO UPDATE SET acknowledged = excluded.acknowledged, hash = excluded.hash`);
    return gap;
  });
}

function notPossible(reason: string): ButikError {
  return new ButikError('REOFFER_NOT_POSSIBLE', { details: { reason } });
}
