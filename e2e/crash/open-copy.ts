import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database, { type Database as Db } from 'better-sqlite3';

/**
 * Copies the SQLite file of a process that was killed, with its write-ahead log, and lets `read` look into
 * the copy: SQLite recovers it as it does for the process that starts on the original meanwhile.
 */
export function copyDatabase(folder: string, file: string): { read<T>(job: (db: Db) => T): T } {
  const copies = mkdtempSync(join(tmpdir(), 'butik-crash-copy-'));
  for (const name of [file, `${file}-wal`]) {
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copies, name));
  }
  return {
    read(job) {
      try {
        const db = new Database(join(copies, file));
        try {
          // Without it SQLite refuses a log that was written without shared memory.
          db.pragma('locking_mode = EXCLUSIVE');
          return job(db);
        } finally {
          db.close();
        }
      } finally {
        rmSync(copies, { recursive: true, force: true });
      }
    },
  };
}
