import { DEFAULT_SKEW_BOUND_MS } from '@butik/sync/hlc';
import { sql as template } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { Clock } from '../kernel/clock.ts';
import type { Sql } from '../kernel/sql/sql.ts';

/** When each box was last heard of, and how far its clock is off. */
export interface BoxesSeen {
  /** `skewMs` is the box's clock minus the hub's; null when the box does not say. */
  note(box: { nodeId: string; epoch: number; shopId: string }, skewMs: number | null): void;
  /** Writes what was noted. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

interface Seen {
  node: string;
  epoch: number;
  shop_id: string;
  last_seen_at: string;
  clock_skew_ms: number | null;
}

/** Boxes ask often; what is known of them is written now and then, all in one statement. */
const FLUSH_EVERY_MS = 30_000;
const ALARM_EVERY_MS = 86_400_000;
const MAX_BOXES = 10_000;

export function createBoxesSeen(context: { sql: Sql; clock: Clock; logger: Logger }): BoxesSeen {
  const { sql, clock, logger } = context;
  const alarmedAt = new Map<string, number>();
  let noted = new Map<string, Seen>();

  function alarm(id: string, skewMs: number, box: object): void {
    const now = clock.now();
    const last = alarmedAt.get(id);
    if (Math.abs(skewMs) <= DEFAULT_SKEW_BOUND_MS) return;
    if (last !== undefined && now - last < ALARM_EVERY_MS) return;
    alarmedAt.delete(id);
    alarmedAt.set(id, now);
    if (alarmedAt.size > MAX_BOXES) alarmedAt.delete(alarmedAt.keys().next().value!);
    logger.warn({ ...box, clockSkewMs: skewMs }, 'the clock of a box is wrong');
  }

  async function flush(): Promise<void> {
    if (noted.size === 0) return;
    const rows = [...noted.values()];
    noted = new Map();
    await sql.rows(template`
      INSERT INTO intake.boxes (node, epoch, shop_id, last_seen_at, clock_skew_ms)
      SELECT node, epoch, shop_id, last_seen_at, clock_skew_ms
      FROM json_to_recordset(${JSON.stringify(rows)}::json)
        AS b (node uuid, epoch integer, shop_id uuid, last_seen_at timestamptz, clock_skew_ms bigint)
      ON CONFLICT (node, epoch) DO UPDATE SET shop_id = excluded.shop_id,
        last_seen_at = greatest(intake.boxes.last_seen_at, excluded.last_seen_at),
        clock_skew_ms = coalesce(excluded.clock_skew_ms, intake.boxes.clock_skew_ms)`);
  }

  const timer = setInterval(() => {
    flush().catch((error) => logger.warn({ err: error?.cause ?? error }, 'boxes seen could not be noted'));
  }, FLUSH_EVERY_MS);
  timer.unref();

  return {
    note({ nodeId, epoch, shopId }, skewMs) {
      const id = `${nodeId}.${epoch}`;
      if (skewMs !== null) alarm(id, skewMs, { nodeId, epoch, shopId });
      if (noted.size >= MAX_BOXES && !noted.has(id)) return;
      const last_seen_at = new Date(clock.now()).toISOString();
      const clock_skew_ms = skewMs ?? noted.get(id)?.clock_skew_ms ?? null;
      noted.set(id, { node: nodeId, epoch, shop_id: shopId, last_seen_at, clock_skew_ms });
    },
    flush,
    async close() {
      clearInterval(timer);
      await flush().catch((error) =>
        logger.warn({ err: error?.cause ?? error }, 'boxes seen could not be noted'),
      );
    },
  };
}
