import type { StreamPlace } from '@butik/sync/collection-log';
import type { Database } from 'better-sqlite3';

type PlaceTable = 'replica_positions' | 'replica_staging';

/** Where a collection's committed rows (`replica_positions`) or staged rows (`replica_staging`) stand. */
export function readPlace(db: Database, table: PlaceTable, collection: string): StreamPlace | null {
  const row = db.prepare(`SELECT handle, offset FROM ${table} WHERE collection = ?`).get(collection);
  return (row as StreamPlace | undefined) ?? null;
}

export function writePlace(db: Database, table: PlaceTable, collection: string, place: StreamPlace): void {
  db.prepare(`INSERT OR REPLACE INTO ${table} (collection, handle, offset) VALUES (?, ?, ?)`).run(
    collection,
    place.handle,
    place.offset,
  );
}

export function forgetPlace(db: Database, table: PlaceTable, collection: string): void {
  db.prepare(`DELETE FROM ${table} WHERE collection = ?`).run(collection);
}

/** The last cut committed: its position and when, epoch milliseconds. */
export function readCut(db: Database): { position: string; committedAt: number } | null {
  const row = db.prepare('SELECT position, committed_at AS committedAt FROM replica_cut').get();
  return (row as { position: string; committedAt: number } | undefined) ?? null;
}

export function writeCut(db: Database, position: string, committedAt: number): void {
  db.prepare('INSERT OR REPLACE INTO replica_cut (id, position, committed_at) VALUES (1, ?, ?)').run(
    position,
    committedAt,
  );
}
