import { monitorEventLoopDelay } from 'node:perf_hooks';
import { sql as template } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { Sql } from '../kernel/sql/sql.ts';

/** What the hub bears before the least urgent channel is told to wait. */
export interface LoadBounds {
  /** Facts held and not applied yet. */
  backlogFacts: number;
  /** Mean lag of the event loop, in milliseconds. */
  eventLoopMs: number;
  /** How long the database takes for the smallest question, in milliseconds. */
  databaseMs: number;
  /** Pushes worked on at once. */
  pushes: number;
}

export const LOAD_BOUNDS: LoadBounds = {
  backlogFacts: 500_000,
  eventLoopMs: 500,
  databaseMs: 2_000,
  pushes: 16,
};

export interface IntakeLoad {
  /** The highest of the readings, in parts of its bound. Looks anew in the background when it is time. */
  now(pushes: number): number;
  /** Notes that so many facts were journalled. */
  took(facts: number): void;
  /** Looks now. */
  measure(): Promise<void>;
  close(): Promise<void>;
}

const MEASURE_EVERY_MS = 1_000;
/** Counting may take one part in so many of the database's time, so that a long backlog is counted seldom. */
const COUNT_SHARE = 50;
/** From so many bounds on it does not matter how many more there are. */
const COUNTED_BOUNDS = 4;
const LOOP_RESOLUTION_MS = 20;

/** How loaded this hub is. It is measured only while boxes push. */
export function createIntakeLoad(context: {
  sql: Sql;
  logger: Logger;
  bounds?: LoadBounds;
  monotonicMs?: () => number;
}): IntakeLoad {
  const { sql, logger, bounds = LOAD_BOUNDS, monotonicMs = () => performance.now() } = context;
  const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  loop.enable();
  let backlogFacts = 0;
  let databaseMs = 0;
  let eventLoopMs = 0;
  let dueMs = Number.NEGATIVE_INFINITY;
  let askedMs: number | null = null;
  let measuring: Promise<void> | null = null;
  let closed = false;

  async function look(): Promise<void> {
    const startMs = monotonicMs();
    eventLoopMs = Number.isNaN(loop.mean) ? 0 : Math.max(loop.mean / 1e6 - LOOP_RESOLUTION_MS, 0);
    loop.reset();
    askedMs = startMs;
    await sql.rows(template`SELECT 1`).finally(() => {
      askedMs = null;
      databaseMs = monotonicMs() - startMs;
    });
    const countMs = monotonicMs();
    const [row] = await sql.rows<{ facts: number }>(template`
      SELECT count(*)::integer AS facts FROM (
        SELECT FROM intake.open_facts WHERE NOT quarantined LIMIT ${COUNTED_BOUNDS * bounds.backlogFacts}) AS open`);
    backlogFacts = row!.facts;
    dueMs = monotonicMs() + Math.max(COUNT_SHARE * (monotonicMs() - countMs), MEASURE_EVERY_MS);
  }

  function start(): Promise<void> {
    measuring ??= look()
      .catch((error) => {
        dueMs = monotonicMs() + MEASURE_EVERY_MS;
        if (!closed) logger.warn({ err: error?.cause ?? error }, 'the load could not be measured');
      })
      .finally(() => {
        measuring = null;
      });
    return measuring;
  }

  return {
    now(pushes) {
      if (monotonicMs() >= dueMs && !closed) void start();
      const waitedMs = askedMs === null ? 0 : monotonicMs() - askedMs;
      return Math.max(
        backlogFacts / bounds.backlogFacts,
        eventLoopMs / bounds.eventLoopMs,
        Math.max(databaseMs, waitedMs) / bounds.databaseMs,
        pushes / bounds.pushes,
      );
    },
    took(facts) {
      backlogFacts += facts;
    },
    async measure() {
      // One that is under way may have looked before what the caller wants seen.
      await measuring;
      await start();
    },
    async close() {
      closed = true;
      loop.disable();
      await measuring;
    },
  };
}
