import { sql as template } from 'drizzle-orm';
import type { Registry } from 'prom-client';
import type { Clock } from '../kernel/clock.ts';
import type { Sql } from '../kernel/sql/sql.ts';
import { gaugesOnScrape, type Readings } from '../kernel/telemetry/gauges-on-scrape.ts';

/** Shops with series of their own, of which the hub has heard least lately first; the others are only in the sums. */
const MAX_SHOPS = 500;

/** Facts that are looked at, the oldest first: behind a long drain the counts stop here, and the ages are right. */
const MAX_OPEN_FACTS = 20_000;

const PER_CHANNEL = ['shop', 'channel'];
const GAUGES = {
  butik_sync_shops: { help: 'Shops that have ever sent anything.' },
  butik_sync_silence_seconds: {
    help: 'How long the hub has heard nothing of the channel.',
    labelNames: PER_CHANNEL,
  },
  butik_sync_lag_seconds: {
    help: 'How old the newest fact of the channel was, by the box’s clock, when the hub received it.',
    labelNames: PER_CHANNEL,
  },
  butik_sync_pending_facts: { help: 'Facts that are held and not applied yet.', labelNames: PER_CHANNEL },
  butik_sync_pending_oldest_seconds: {
    help: 'How long the oldest fact that is held and not applied yet has been here; 0 without any.',
    labelNames: PER_CHANNEL,
  },
  butik_sync_clock_ahead_seconds: {
    help: 'How far a box’s clock is ahead, beyond the bound.',
    labelNames: PER_CHANNEL,
  },
  butik_sync_clock_skew_seconds: {
    help: 'A box’s clock minus the hub’s when it was last heard of, where it says.',
    labelNames: ['shop'],
  },
  butik_sync_received_bytes: {
    help: 'Bytes of the batches that brought something new, as they came.',
    labelNames: PER_CHANNEL,
  },
  butik_sync_gone_facts: { help: 'Facts that boxes no longer had when the hub expected them.' },
  butik_sync_quarantined_facts: { help: 'Facts in quarantine.', labelNames: PER_CHANNEL },
  butik_quarantine_facts: { help: 'Facts in quarantine, of all shops.' },
  butik_quarantine_oldest_seconds: { help: 'Age of the oldest fact in quarantine; 0 without any.' },
} as const;
type GaugeName = keyof typeof GAUGES;

/** How far every shop has come, by channel, and the quarantine. A new box's older epochs are left out. */
export function syncMetrics({ metrics, sql, clock }: { metrics: Registry; sql: Sql; clock: Clock }): void {
  gaugesOnScrape({
    metrics,
    part: 'sync',
    gauges: GAUGES,
    async read(): Promise<Readings<GaugeName>> {
      const nowMs = clock.now();
      const channels = await readChannels(sql);
      const totals = await readTotals(sql);
      const each = (value: (row: ChannelRow) => number | null) =>
        channels.flatMap((row) => {
          const found = value(row);
          return found === null ? [] : [{ labels: { shop: row.shop, channel: row.channel }, value: found }];
        });
      return {
        butik_sync_shops: [{ value: totals.shops }],
        butik_sync_silence_seconds: each(({ received_ms }) => received_ms && ageS(nowMs, received_ms)),
        butik_sync_lag_seconds: each(({ received_ms, made_ms }) =>
          received_ms && made_ms ? ageS(received_ms, made_ms) : null,
        ),
        butik_sync_pending_facts: each(({ pending }) => pending),
        butik_sync_pending_oldest_seconds: each(({ oldest_ms }) =>
          oldest_ms === null ? 0 : ageS(nowMs, oldest_ms),
        ),
        butik_sync_clock_ahead_seconds: each(({ clock_ahead_ms }) => clock_ahead_ms / 1000),
        butik_sync_clock_skew_seconds: (await readSkews(sql)).map(({ shop, skew_ms }) => ({
          labels: { shop },
          value: skew_ms / 1000,
        })),
        butik_sync_received_bytes: each(({ bytes }) => bytes),
        butik_sync_gone_facts: [{ value: totals.gone }],
        butik_sync_quarantined_facts: each(({ quarantined }) => quarantined),
        butik_quarantine_facts: [{ value: totals.quarantined }],
        butik_quarantine_oldest_seconds: [
          { value: totals.oldest_ms === null ? 0 : ageS(nowMs, totals.oldest_ms) },
        ],
      };
    },
  });
}

interface ChannelRow {
  shop: string;
  channel: string;
  received_ms: number | null;
  /** By the box's own clock. */
  made_ms: number | null;
  pending: number;
  oldest_ms: number | null;
  quarantined: number;
  clock_ahead_ms: number;
  bytes: number;
}

/** An HLC begins with fifteen digits of epoch milliseconds. */
function readChannels(sql: Sql): Promise<ChannelRow[]> {
  return sql.rows<ChannelRow>(template`
    WITH newest AS (
      SELECT DISTINCT ON (shop_id, channel) * FROM intake.cursors
      ORDER BY shop_id, channel, last_received_at DESC NULLS LAST, epoch DESC
    ), shops AS (
      SELECT shop_id FROM newest GROUP BY shop_id ORDER BY max(last_received_at) NULLS FIRST LIMIT ${MAX_SHOPS}
    ), open AS (
      SELECT fact.shop_id, fact.channel, count(*) FILTER (WHERE NOT quarantined)::integer AS pending,
        count(*) FILTER (WHERE quarantined)::integer AS quarantined,
        min(fact.received_at) FILTER (WHERE NOT quarantined) AS oldest
      FROM (SELECT id, quarantined FROM intake.open_facts ORDER BY position LIMIT ${MAX_OPEN_FACTS}) AS first
      JOIN intake.journal AS fact USING (id) GROUP BY fact.shop_id, fact.channel
    )
    SELECT n.shop_id::text AS shop, n.channel, coalesce(open.pending, 0) AS pending,
      coalesce(open.quarantined, 0) AS quarantined, n.clock_ahead_ms::float8 AS clock_ahead_ms, n.bytes::float8 AS bytes,
      (extract(epoch FROM n.last_received_at) * 1000)::float8 AS received_ms,
      (extract(epoch FROM open.oldest) * 1000)::float8 AS oldest_ms,
      CASE WHEN left(last.hlc, 15) ~ '^[0-9]{15}$' THEN left(last.hlc, 15)::float8 END AS made_ms
    FROM newest AS n JOIN shops USING (shop_id)
    LEFT JOIN open ON open.shop_id = n.shop_id AND open.channel = n.channel
    LEFT JOIN intake.journal AS last
      ON last.node = n.node AND last.epoch = n.epoch AND last.channel = n.channel AND last.seq = n.acknowledged`);
}

/** Of each shop's newest box, the furthest off first. */
function readSkews(sql: Sql): Promise<{ shop: string; skew_ms: number }[]> {
  return sql.rows(template`
    SELECT shop_id::text AS shop, clock_skew_ms::float8 AS skew_ms FROM (
      SELECT DISTINCT ON (shop_id) shop_id, clock_skew_ms FROM intake.boxes
      ORDER BY shop_id, last_seen_at DESC, epoch DESC
    ) AS newest WHERE clock_skew_ms IS NOT NULL ORDER BY abs(clock_skew_ms) DESC LIMIT ${MAX_SHOPS}`);
}

interface Totals {
  shops: number;
  gone: number;
  quarantined: number;
  oldest_ms: number | null;
}

async function readTotals(sql: Sql): Promise<Totals> {
  const [totals] = await sql.rows<Totals>(template`
    SELECT (SELECT count(DISTINCT shop_id)::integer FROM intake.cursors) AS shops,
      (SELECT coalesce(sum(to_seq - from_seq + 1), 0)::float8 FROM intake.gaps) AS gone,
      count(*)::integer AS quarantined, (extract(epoch FROM min(fact.received_at)) * 1000)::float8 AS oldest_ms
    FROM intake.open_facts AS open JOIN intake.journal AS fact USING (id) WHERE open.quarantined`);
  return totals!;
}

function ageS(nowMs: number, thenMs: number): number {
  return Math.max(nowMs - thenMs, 0) / 1000;
}
