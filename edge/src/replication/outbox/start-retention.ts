import type { Channel } from '@butik/proto/facts/define-fact';
import type { Logger } from 'pino';
import type { Store } from '../../store/store.ts';
import { createAlarm } from '../alarm.ts';
import { PRUNE_STEP_FACTS, pruneAcknowledged } from './prune-acknowledged.ts';

/** Between two steps; sales go in between. */
const STEP_PAUSE_MS = 50;
const LOOK_EVERY_MS = 10 * 60_000;
const DAY_MS = 86_400_000;

export interface Retention {
  /** Looks now; resolves when nothing more is to be deleted. */
  prune(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Keeps facts on the box for `keepDays` after they were written, so that the hub can be given them again,
 * and then deletes those that it has acknowledged, in small steps. Days are counted by the hub's time:
 * until it is known nothing is deleted, since the box's clock may be years wrong.
 */
export function startRetention(context: {
  store: Store;
  logger: Logger;
  keepDays: number;
  hubTime(): number | null;
  neededFrom(): Map<Channel, number>;
}): Retention {
  const { store, logger, keepDays, hubTime, neededFrom } = context;
  const look = createAlarm();
  const pause = createAlarm();
  let closed = false;
  let pruning = Promise.resolve();

  async function pruneAll(): Promise<void> {
    const nowMs = hubTime();
    if (nowMs === null) return;
    const beforeMs = nowMs - keepDays * DAY_MS;
    for (const channel of neededFrom().keys()) {
      const facts = await pruneChannel(channel, beforeMs);
      if (facts > 0) logger.info({ channel, facts }, 'old facts were deleted here');
    }
  }

  async function pruneChannel(channel: Channel, beforeMs: number): Promise<number> {
    for (let facts = 0; ; ) {
      if (closed) return facts;
      // Asked anew at each step: the hub may have asked for a range again.
      const deleted = await store.write((db) =>
        pruneAcknowledged(db, { channel, neededFrom: neededFrom().get(channel)!, beforeMs }),
      );
      facts += deleted;
      if (deleted < PRUNE_STEP_FACTS) return facts;
      await pause.wait(STEP_PAUSE_MS);
    }
  }

  function prune(): Promise<void> {
    pruning = pruning.then(pruneAll).catch((error) => {
      if (!closed) logger.error({ err: error }, 'old facts could not be deleted; trying again');
    });
    return pruning;
  }

  async function run(): Promise<void> {
    while (!closed) {
      await look.wait(LOOK_EVERY_MS);
      if (!closed) await prune();
    }
  }

  const running = run();
  return {
    prune,
    async close() {
      closed = true;
      look.ring();
      pause.ring();
      await Promise.all([running, pruning]);
    },
  };
}
