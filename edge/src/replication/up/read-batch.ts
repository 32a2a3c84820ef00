import { CHANNELS, type Channel } from '@butik/proto/facts/define-fact';
import { MAX_BATCH_BYTES, MAX_BATCH_FACTS } from '@butik/proto/facts/sync-wire';
import { chooseBatch } from '@butik/sync/batch';
import type { Database } from 'better-sqlite3';

export interface OutboxRow {
  channel: Channel;
  seq: number;
  id: string;
  hlc: string;
  type: string;
  version: number;
  aggregate: string;
  payload: string;
  prevHash: string;
  hash: string;
  bytes: number;
}

export interface ChannelRow {
  channel: Channel;
  last_seq: number;
  acknowledged: number;
}

/** The channels, most urgent first. */
export function readChannels(db: Database): ChannelRow[] {
  const rows = db.prepare('SELECT channel, last_seq, acknowledged FROM channels').all() as ChannelRow[];
  return rows.toSorted((a, b) => CHANNELS.indexOf(a.channel) - CHANNELS.indexOf(b.channel));
}

/**
 * The next facts to send: of the most urgent channel that has any. `resumeAt` overrules where a
 * channel goes on, when the hub has asked for it; channels in `skipped` are passed over. Null when
 * there is nothing to send.
 */
export function readBatch(
  db: Database,
  resumeAt: ReadonlyMap<Channel, number>,
  skipped: ReadonlySet<Channel>,
): { channel: Channel; facts: OutboxRow[] } | null {
  for (const { channel, last_seq, acknowledged } of readChannels(db)) {
    const from = resumeAt.get(channel) ?? acknowledged + 1;
    if (from > last_seq || skipped.has(channel)) continue;
    const rows = db
      .prepare(
        `SELECT channel, seq, id, hlc, type, version, aggregate, payload, prev_hash AS prevHash, hash, bytes
         FROM outbox WHERE channel = ? AND seq >= ? ORDER BY seq LIMIT ${MAX_BATCH_FACTS}`,
      )
      .iterate(channel, from) as IterableIterator<OutboxRow>;
    return { channel, facts: chooseBatch(rows, { maxBytes: MAX_BATCH_BYTES, maxFacts: MAX_BATCH_FACTS }) };
  }
  return null;
}
