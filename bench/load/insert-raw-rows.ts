import { createHash, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { RawRows } from './raw-rows.ts';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const HASH = /\b[0-9a-f]{64}\b/g;

/**
 * Inserts the rows of one sale `count` times into a fresh file, a transaction each, with the pragmas
 * of the shop's store. Ids, hashes and running numbers differ each time and are made beforehand, so
 * that nothing but SQLite is measured. Returns transactions a second.
 */
export function insertRawRows(file: string, raw: RawRows, count: number): number {
  const db = new Database(file);
  // Only some of the store's tables are here; a foreign key would have nothing to point to.
  db.pragma('foreign_keys = OFF');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('cell_size_check = ON');
  db.pragma('wal_autocheckpoint = 1000');
  for (const sql of raw.schema) db.exec(sql);
  const numbered = raw.rows.map((row) => runningColumns(db, row));
  const statements = raw.rows.map((row) =>
    db.prepare(`INSERT OR REPLACE INTO "${row.table}" VALUES (${row.columns.map(() => '?').join(', ')})`),
  );
  const prepared = Array.from({ length: count }, (_, turn) => freshValues(raw, numbered, turn));
  const insert = db.transaction((values: unknown[][]) => {
    for (const [index, statement] of statements.entries()) statement.run(...(values[index] as unknown[]));
  });
  const startedAt = performance.now();
  for (const values of prepared) insert.immediate(values);
  const seconds = (performance.now() - startedAt) / 1000;
  db.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  return count / seconds;
}

/** Integer columns of a key that no id makes unique: they count up from sale to sale. */
function runningColumns(db: Database.Database, row: RawRows['rows'][number]): Set<number> {
  const key = db
    .prepare<[], { cid: number; pk: number }>(`SELECT cid, pk FROM pragma_table_info('${row.table}')`)
    .all();
  const columns = key.filter((column) => column.pk > 0).map((column) => column.cid);
  const hasId = columns.some((cid) => typeof row.values[cid] === 'string' && UUID.test(row.values[cid]));
  UUID.lastIndex = 0;
  const integers = columns.filter((cid) => typeof row.values[cid] === 'number');
  return new Set(row.replaces || hasId ? [] : integers);
}

function freshValues(raw: RawRows, numbered: Set<number>[], turn: number): unknown[][] {
  const fresh = new Map<string, string>();
  const renew = (make: (old: string) => string) => (old: string) => {
    if (!fresh.has(old)) fresh.set(old, make(old));
    return fresh.get(old) as string;
  };
  const newId = renew(() => randomUUID());
  const newHash = renew((old) => createHash('sha256').update(`${old}${turn}`).digest('hex'));
  return raw.rows.map((row, index) =>
    row.values.map((value, column) => {
      if (numbered[index]?.has(column)) return (value as number) + turn;
      if (typeof value !== 'string' || row.replaces) return value;
      return value.replace(UUID, newId).replace(HASH, newHash);
    }),
  );
}
