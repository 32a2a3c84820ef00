import { type SQL, sql as template } from 'drizzle-orm';
import type { Sql } from './sql.ts';

export interface Migration {
  /** Unique within its name and never changed once released. */
  id: string;
  /** One statement as a template, or several as a string. */
  up: SQL | string;
}

/**
 * Runs, in order and each in its own transaction, the migrations of `name` that have not run yet, and
 * notes them in `kernel.migrations`. Several processes may call it at once on PostgreSQL: a lock lets one
 * of them through, and each may take the time it needs. A migration that fails leaves nothing behind and is thrown.
 */
export async function migrate(sql: Sql, name: string, migrations: readonly Migration[]): Promise<void> {
  await sql.transaction(async (tx) => {
    await tx.rows(LOCK);
    await tx.rows(template`CREATE SCHEMA IF NOT EXISTS kernel`);
    await tx.rows(template`CREATE TABLE IF NOT EXISTS kernel.migrations (
      name text NOT NULL, id text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (name, id))`);
  }, UNHURRIED);
  for (const migration of migrations) {
    await sql.transaction(async (tx) => {
      await tx.rows(LOCK);
      const noted = await tx.rows(template`INSERT INTO kernel.migrations (name, id)
        VALUES (${name}, ${migration.id}) ON CONFLICT DO NOTHING RETURNING id`);
      if (noted.length === 0) return;
      for (const statement of statements(migration.up)) await tx.rows(statement);
    }, UNHURRIED);
  }
}

/** A large table takes its time to change, and so does waiting for another process that changes it. */
const UNHURRIED = { statementTimeoutMs: 0 };

/** Any constant will do; it is the migrations' own. */
const LOCK = template`SELECT pg_advisory_xact_lock(7403215)`;

/** A string's statements, parted at the semicolons that end a line; one that holds such lines itself is a template. */
function statements(up: SQL | string): SQL[] {
  if (typeof up !== 'string') return [up];
  return up
    .split(/;\s*\n/)
    .map((statement) => statement.trim().replace(/;$/, ''))
    .filter((statement) => statement !== '')
    .map((statement) => template.raw(statement));
}
