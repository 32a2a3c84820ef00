import { CHANNELS } from '@butik/proto/facts/define-fact';
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
  lastReceivedAt: z.string().nullable(),
  /** How far the box's clock was ahead of the hub's, when that was more than the bound; otherwise 0. */
  clockAheadMs: z.int(),
});
export type ChannelLag = z.infer<typeof channelLagSchema>;

export async function listShopLag(sql: Sql): Promise<ChannelLag[]> {
  return sql.rows<ChannelLag>(template`
    SELECT c.shop_id AS "shopId", c.node AS "nodeId", c.epoch, c.channel, c.acknowledged::float8 AS acknowledged,
      coalesce(open.pending, 0) AS pending, coalesce(open.quarantined, 0) AS quarantined,
      to_char(c.last_received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "lastReceivedAt",
      c.clock_ahead_ms::float8 AS "clockAheadMs"
    FROM intake.cursors AS c
    LEFT JOIN (
      SELECT node, epoch, channel, count(*) FILTER (WHERE NOT quarantined)::integer AS pending,
        count(*) FILTER (WHERE quarantined)::integer AS quarantined
      FROM intake.open_facts JOIN intake.journal USING (id) GROUP BY node, epoch, channel
    ) AS open USING (node, epoch, channel)
    ORDER BY c.shop_id, c.node, c.epoch, c.channel`);
}
