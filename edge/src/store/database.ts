import { ButikError } from '@butik/proto/errors/butik-error';
import Database, { type Database as Db } from 'better-sqlite3';

/** "Butk": tells the file from any other SQLite file. */
const APPLICATION_ID = 0x4275746b;
const LOCK_TIMEOUT_MS = 500;

/** Opens the file for this process alone, with settings under which a commit survives a power cut. */
export function openDatabase(file: string): Db {
  const db = new Database(file, { timeout: LOCK_TIMEOUT_MS });
  try {
    lock(db);
    apply(db);
    assertSafe(db);
    assertWhole(db);
    return db;
  } catch (error) {
    closeDatabase(db);
    throw asOpenError(error, file);
  }
}

/** Closes without throwing for a database that cannot be closed cleanly: WAL makes that safe. */
export function closeDatabase(db: Db): void {
  if (db.open) db.close();
}

/** Set before the first access, exclusive mode keeps the lock for good and needs no shared memory file. */
function lock(db: Db): void {
  db.pragma('locking_mode = EXCLUSIVE');
  db.pragma('journal_mode = WAL');
  db.exec('BEGIN EXCLUSIVE; COMMIT');
}

function apply(db: Db): void {
  for (const setting of [
    'synchronous = FULL',
    'wal_autocheckpoint = 1000',
    'journal_size_limit = 67108864',
    'foreign_keys = ON',
    // With it INSERT OR REPLACE fires delete triggers, so that it cannot slip past an append-only ledger.
    'recursive_triggers = ON',
    'busy_timeout = 5000',
    'cell_size_check = ON',
    'trusted_schema = OFF',
    'mmap_size = 0',
    'temp_store = MEMORY',
    'cache_size = -16384',
  ]) {
    db.pragma(setting);
  }
}

function assertSafe(db: Db): void {
  const journalMode = db.memory ? 'memory' : 'wal';
  const expected = {
    journal_mode: journalMode,
    // better-sqlite3 compiles WAL to mean NORMAL, which loses acknowledged sales at a power cut.
    synchronous: 2,
    foreign_keys: 1,
    recursive_triggers: 1,
    cell_size_check: 1,
    trusted_schema: 0,
    locking_mode: 'exclusive',
  };
  for (const [setting, wanted] of Object.entries(expected)) {
    const found = db.pragma(setting, { simple: true });
    if (found !== wanted) throw new ButikError('STORE_UNSAFE', { details: { setting, wanted, found } });
  }
}

function assertWhole(db: Db): void {
  const application = db.pragma('application_id', { simple: true });
  const isNew = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
  if (isNew) db.pragma(`application_id = ${APPLICATION_ID}`);
  else if (application !== APPLICATION_ID) {
    throw new ButikError('STORE_DAMAGED', { message: 'The file is not a store of Butik.' });
  }
  const problem = db.pragma('quick_check(1)', { simple: true });
  if (problem !== 'ok') throw new ButikError('STORE_DAMAGED', { details: { problem } });
}

function asOpenError(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  if (error.code.startsWith('SQLITE_BUSY') || error.code.startsWith('SQLITE_LOCKED')) {
    return new ButikError('STORE_LOCKED', { details: { file }, cause: error });
  }
  if (error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB') {
    return new ButikError('STORE_DAMAGED', { details: { file, problem: error.code }, cause: error });
  }
  return asStoreError(error);
}

/** What SQLite says about its disk, as the code a caller can act on; any other error is returned as it is. */
export function asStoreError(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  if (error.code === 'SQLITE_FULL') return new ButikError('STORE_FULL', { cause: error });
  if (isFatal(error))
    return new ButikError('STORE_FAILED', { details: { sqlite: error.code }, cause: error });
  return error;
}

/** After these the connection's view of the file cannot be trusted: it must be opened and checked again. */
export function isFatal(error: unknown): boolean {
  return error instanceof Database.SqliteError && FATAL.test(error.code);
}

const FATAL = /^SQLITE_(?:IOERR|CORRUPT|NOTADB|CANTOPEN|READONLY|NOMEM|PROTOCOL)/;
