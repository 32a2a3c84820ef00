import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { Database } from 'better-sqlite3';
import type { Logger } from 'pino';
import { asStoreError } from './database.ts';
import type { Migration } from './store.ts';

/**
 * Applies the steps that the store does not have yet, all in one transaction. Steps are known by id, so
 * that a room can add one without renumbering the others'; `user_version` counts them. A store with
 * data is copied first, to `FILE.before-migration`. Throws STORE_NEWER for a store with a step that
 * this version does not know.
 */
export function migrate(db: Database, file: string, migrations: readonly Migration[], logger: Logger): void {
  const applied = appliedSteps(db);
  const known = new Set(migrations.map(({ id }) => id));
  const unknown = applied.filter((id) => !known.has(id));
  if (unknown.length > 0) throw new ButikError('STORE_NEWER', { details: { steps: unknown } });

  const pending = migrations.filter(({ id }) => !applied.includes(id));
  if (pending.length === 0) return;
  try {
    if (applied.length > 0 && !db.memory) copyBefore(db, file);
    db.transaction(() => applySteps(db, pending, applied.length)).immediate();
  } catch (error) {
    throw asStoreError(error);
  }
  logger.info({ steps: pending.map(({ id }) => id) }, 'store migrated');
}

function appliedSteps(db: Database): string[] {
  const exists = db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'schema_steps'`).get() !== undefined;
  if (!exists) return [];
  return db.prepare<[], string>('SELECT id FROM schema_steps ORDER BY position').pluck().all();
}

function applySteps(db: Database, pending: readonly Migration[], before: number): void {
  db.exec(
    'CREATE TABLE IF NOT EXISTS schema_steps (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT',
  );
  const record = db.prepare('INSERT INTO schema_steps (position, id) VALUES (?, ?)');
  for (const [index, { id, up }] of pending.entries()) {
    db.exec(up);
    record.run(before + index + 1, id);
  }
  db.pragma(`user_version = ${before + pending.length}`);
}

/** The copy takes its name only once it is whole and on disk. */
function copyBefore(db: Database, file: string): void {
  const copy = `${file}.before-migration`;
  const unfinished = `${copy}.unfinished`;
  rmSync(unfinished, { force: true });
  db.prepare('VACUUM INTO ?').run(unfinished);
  const descriptor = openSync(unfinished, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(unfinished, copy);
}
