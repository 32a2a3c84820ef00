import type { Database } from 'better-sqlite3';
import type { Following } from './down/follow.ts';
import type { Replica } from './down/replica.ts';
import type { HubHealth } from './hub-health.ts';
import type { SyncStatus } from './sync-status.ts';
import { type ChannelRow, readChannels } from './up/read-batch.ts';

export function readSyncStatus(
  db: Database,
  health: HubHealth,
  replica: Replica,
  following: Following,
  unsentSales: () => number,
): SyncStatus {
  const channels = readChannels(db);
  const cut = replica.cut();
  return {
    hub: health.state(),
    unsent: {
      facts: channels.reduce((sum, each) => sum + each.last_seq - each.acknowledged, 0),
      sales: unsentSales(),
      oldestAt: isoOrNull(oldestUnsent(db, channels)),
    },
    channels: channels.map(({ channel, last_seq, acknowledged }) => ({
      channel,
      lastSeq: last_seq,
      acknowledged,
    })),
    down: {
      position: cut?.position ?? null,
      upToDate: health.state() === 'connected' && following.upToDate(),
      lastCutAt: isoOrNull(cut?.committedAt ?? null),
    },
    lastError: health.lastError(),
  };
}

/** One look-up by key a channel, so that weeks of backlog cost the status nothing. */
function oldestUnsent(db: Database, channels: readonly ChannelRow[]): number | null {
  const lookUp = db.prepare('SELECT created_at AS at FROM outbox WHERE channel = ? AND seq = ?');
  const times = channels
    .filter(({ last_seq, acknowledged }) => last_seq > acknowledged)
    .map(({ channel, acknowledged }) => (lookUp.get(channel, acknowledged + 1) as { at: number }).at);
  return times.length > 0 ? Math.min(...times) : null;
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
