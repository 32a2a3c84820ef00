import { CHANNELS } from '@butik/proto/facts/define-fact';
import { DEFAULT_SKEW_BOUND_MS } from '@butik/sync/hlc';
import { sql as template } from 'drizzle-orm';
import { z } from 'zod';
import type { Sql } from '../kernel/sql/sql.ts';

/** How far one channel of one box has come. */
export const channelLagSchema = z.object({
  shopId: z.uuid(),
  nodeId: z.uuid(),
  epoch: z.int(),
  channel: z.enum(CHANNELS),
  acknowledged: z.int(),
  /** Held but not applied yet. */
  pending: z.int(),
  quarantined: z.int(),
  /** When the oldest of the pending ones was received. */
  oldestPendingAt: z.string().nullable(),
  lastReceivedAt: z.string().nullable(),
  /** How old the newest fact was when it was received, by the box's clock; null when there is none. */
  lagMs: z.int().nullable(),
  /** Bytes of the batches that brought something new, as they came. */
  bytes: z.int(),
  /** Facts that the box no longer had when the hub expected them. */
  gone: z.int(),
  /** Ranges that the box is asked for again. */
  reoffers: z.int(),
  /** When the box last asked for anything. */
  lastSeenAt: z.string().nullable(),
  /** The box's clock minus the hub's when it last asked; null when it did not say. */
  clockSkewMs: z.int().nullable(),
  /** The clock is more than five minutes off. */
  clockAlarm: z.boolean(),
  /** How far the box's clock was ahead of the hub's, when that was more than the bound; otherwise 0. */
  clockAheadMs: z.int(),
});
export type ChannelLag = z.infer<typeof channelLagSchema>;

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;

/** An HLC begins with fifteen digits of epoch milliseconds. */
export async function listShopLag(sql: Sql): Promise<ChannelLag[]> {
  return sql.rows<ChannelLag>(template`
    SELECT c.shop_id AS "shopId", c.node AS "nodeId", c.epoch, c.channel, c.acknowledged::float8 AS acknowledged,
      coalesce(open.pending, 0) AS pending, coalesce(open.quarantined, 0) AS quarantined,
      to_char(open.oldest AT TIME ZONE 'UTC', ${template.raw(ISO)}) AS "oldestPendingAt",
      to_char(c.last_received_at AT TIME ZONE 'UTC', ${template.raw(ISO)}) AS "lastReceivedAt",
      CASE WHEN left(last.hlc, 15) ~ '^[0-9]{15}$' THEN
        greatest(extract(epoch FROM last.received_at) * 1000 - left(last.hlc, 15)::float8, 0)::float8 END AS "lagMs",
      c.bytes::float8 AS bytes, coalesce(gaps.gone, 0)::float8 AS gone, coalesce(asked.reoffers, 0) AS reoffers,
      to_char(box.last_seen_at AT TIME ZONE 'UTC', ${template.raw(ISO)}) AS "lastSeenAt",
      box.clock_skew_ms::float8 AS "clockSkewMs", c.clock_ahead_ms::float8 AS "clockAheadMs",
      greatest(abs(coalesce(box.clock_skew_ms, 0)), c.clock_ahead_ms) > ${DEFAULT_SKEW_BOUND_MS} AS "clockAlarm"
    FROM intake.cursors AS c
    LEFT JOIN (
      SELECT node, epoch, channel, count(*) FILTER (WHERE NOT quarantined)::integer AS pending,
        count(*) FILTER (WHERE quarantined)::integer AS quarantined,
        min(received_at) FILTER (WHERE NOT quarantined) AS oldest
      FROM intake.open_facts JOIN intake.journal USING (id) GROUP BY node, epoch, channel
    ) AS open USING (node, epoch, channel)
    LEFT JOIN (
      SELECT node, epoch, channel, sum(to_seq - from_seq + 1) AS gone FROM intake.gaps GROUP BY node, epoch, channel
    ) AS gaps USING (node, epoch, channel)
    LEFT JOIN (
      SELECT node, epoch, channel, count(*)::integer AS reoffers FROM intake.reoffers
      WHERE answered_at IS NULL GROUP BY node, epoch, channel
    ) AS asked USING (node, epoch, channel)
    LEFT JOIN intake.boxes AS box USING (node, epoch)
    LEFT JOIN intake.journal AS last ON last.node = c.node AND last.epoch = c.epoch
      AND last.channel = c.channel AND last.seq = c.acknowledged
    ORDER BY c.shop_id, c.node, c.epoch, c.channel`);
}
