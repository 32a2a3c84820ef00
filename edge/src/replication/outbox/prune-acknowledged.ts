import type { Channel } from '@butik/proto/facts/define-fact';
import type { Database } from 'better-sqlite3';

/** Facts deleted in one transaction: so few that a sale beside it is not held up. */
export const PRUNE_STEP_FACTS = 100;

/**
 * Deletes the oldest facts of a channel that were written before `beforeMs`, have been acknowledged and lie
 * below `neededFrom`: at most one step of them, and none behind a younger one, so that what stays is a whole
 * chain. Returns how many there were. Call it inside `store.write`.
 */
export function pruneAcknowledged(
  db: Database,
  { channel, neededFrom, beforeMs }: { channel: Channel; neededFrom: number; beforeMs: number },
): number {
  const oldest = db
    .prepare<[string, number], { seq: number; created_at: number }>(
      `SELECT seq, created_at FROM outbox
       WHERE channel = ? AND seq < ? AND seq <= (SELECT acknowledged FROM channels WHERE channel = outbox.channel)
       ORDER BY seq LIMIT ${PRUNE_STEP_FACTS}`,
    )
    .all(channel, neededFrom);
  const young = oldest.findIndex(({ created_at }) => created_at >= beforeMs);
  const last = oldest.at(young < 0 ? -1 : young - 1);
  if (!last || young === 0) return 0;
  return db.prepare('DELETE FROM outbox WHERE channel = ? AND seq <= ?').run(channel, last.seq).changes;
}
