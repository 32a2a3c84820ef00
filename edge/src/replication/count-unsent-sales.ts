import { saleRecorded } from '@butik/proto/facts/sale-recorded';
import type { Database } from 'better-sqlite3';

/**
 * Counts the unsent sales and returns. Remembers the last count and reads only what came or was
 * acknowledged since, so that asking often is cheap however long the backlog is.
 */
export function createUnsentSalesCounter(db: Database): () => number {
  const cursor = db.prepare<[string], { last_seq: number; acknowledged: number }>(
    'SELECT last_seq, acknowledged FROM channels WHERE channel = ?',
  );
  const sales = db.prepare<(string | number)[], { n: number }>(
    'SELECT count(*) AS n FROM outbox WHERE channel = ? AND seq > ? AND seq <= ? AND type = ?',
  );
  let counted = 0;
  let from = 0;
  let upTo = 0;

  const between = (after: number, last: number) =>
    after < last ? sales.get(saleRecorded.channel, after, last, saleRecorded.type)!.n : 0;

  return () => {
    const { last_seq, acknowledged } = cursor.get(saleRecorded.channel)!;
    const isKnown = acknowledged >= from && acknowledged <= upTo;
    if (isKnown) counted += between(upTo, last_seq) - between(from, acknowledged);
    else counted = between(acknowledged, last_seq);
    from = acknowledged;
    upTo = last_seq;
    return counted;
  };
}
