import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ButikError } from '@butik/proto/errors/butik-error';
import Database from 'better-sqlite3';

/** 'BTKD', in the header of the file: another program's database is not touched. */
const APPLICATION_ID = 0x42544b44;
/** 1: tables, tokens, one item table and one index table per index. */
const FORMAT = 1;
const FULL = 2;
/** Pages of 4 KiB in the write-ahead log before it is folded into the file. */
const CHECKPOINT_PAGES = 4_000;
const BUSY_MS = 2_000;

const SCHEMA = `
  CREATE TABLE tables (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    definition TEXT NOT NULL
  ) STRICT;
  CREATE TABLE tokens (
    token TEXT PRIMARY KEY,
    request BLOB NOT NULL,
    expires_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tokens_by_expiry ON tokens (expires_ms);
`;

/**
 * The database file `documents.db` in the folder, or one in memory: WAL, synchronous=FULL, this process alone.
 * Throws STORE_LOCKED, STORE_NEWER, STORE_UNSAFE.
 */
export function openDatabase(directory: string | ':memory:'): Database.Database {
  if (directory !== ':memory:') mkdirSync(directory, { recursive: true });
  const file = directory === ':memory:' ? directory : join(directory, 'documents.db');
  const database = new Database(file, { timeout: BUSY_MS });
  try {
    prepare(database, file);
    return database;
  } catch (error) {
    database.close();
    if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error;
    throw new ButikError('STORE_LOCKED', { details: { file }, cause: error });
  }
}

function prepare(database: Database.Database, file: string): void {
  // Before anything is read: the lock is then held until the file is closed, so there is one writer.
  database.pragma('locking_mode = EXCLUSIVE');
  const applicationId = database.pragma('application_id', { simple: true });
  const empty = database.pragma('schema_version', { simple: true }) === 0;
  if (!empty && applicationId !== APPLICATION_ID) throw unsafe(file, { application_id: applicationId });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  const settings = {
    journal_mode: database.pragma('journal_mode', { simple: true }),
    synchronous: database.pragma('synchronous', { simple: true }),
  };
  const durable = settings.journal_mode === (file === ':memory:' ? 'memory' : 'wal');
  if (!durable || settings.synchronous !== FULL) throw unsafe(file, settings);
  migrate(database, file);
}

function migrate(database: Database.Database, file: string): void {
  const create = database.transaction(() => {
    const format = Number(database.pragma('user_version', { simple: true }));
    if (format > FORMAT) throw new ButikError('STORE_NEWER', { details: { file, format, known: FORMAT } });
    if (format === FORMAT) return;
    database.exec(SCHEMA);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${FORMAT}`);
  });
  create.immediate();
}

function unsafe(file: string, settings: Record<string, unknown>): ButikError {
  return new ButikError('STORE_UNSAFE', { details: { file, ...settings } });
}
