import { CHANNELS, type Channel } from '@butik/proto/facts/define-fact';
import { MAX_BATCH_BYTES, MAX_BATCH_FACTS } from '@butik/proto/facts/sync-wire';
import { chooseBatch } from '@butik/sync/batch';
import type { OutboxChannel } from '@butik/sync/plan-push';
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
  traceparent: string | null;
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

/** The channels with what each still has, most urgent first: one look-up by key a channel. */
export function readOutbox(db: Database): OutboxChannel[] {
  const oldest = db.prepare<[string], number | null>('SELECT min(seq) FROM outbox WHERE channel = ?').pluck();
  return readChannels(db).map(({ channel, last_seq, acknowledged }) => ({
    channel,
    lastSeq: last_seq,
    acknowledged,
    oldestKept: oldest.get(channel) ?? last_seq + 1,
  }));
}

/** The facts of a channel from one number up to another, as many as fit into a batch. */
export function readBatch(
  db: Database,
  { channel, from, upTo }: { channel: Channel; from: number; upTo: number },
): OutboxRow[] {
  const rows = db
    .prepare(
      `SELECT channel, seq, id, hlc, type, version, aggregate, payload, prev_hash AS prevHash, hash,
         traceparent, bytes
       FROM outbox WHERE channel = ? AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ${MAX_BATCH_FACTS}`,
    )
    .iterate(channel, from, upTo) as IterableIterator<OutboxRow>;
  return chooseBatch(rows, { maxBytes: MAX_BATCH_BYTES, maxFacts: MAX_BATCH_FACTS });
}

/** The hash of the fact before the oldest that the channel still has. */
export function readHashBeforeOldest(db: Database, channel: Channel): string {
  return db
    .prepare<{ channel: string }, string>(
      `SELECT coalesce(
         (SELECT prev_hash FROM outbox WHERE channel = :channel ORDER BY seq LIMIT 1),
         (SELECT last_hash FROM channels WHERE channel = :channel))`,
    )
    .pluck()
    .get({ channel })!;
}
