import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { openPgliteSql } from '../pglite/open-pglite-sql.ts';
import { openPostgresSql, type PostgresOptions } from '../postgres/open-postgres-sql.ts';
import type { Sql } from '../sql.ts';

/** A database of a test's own, which may be opened again and again. */
export interface TestDatabase {
  open(): Promise<Sql>;
  drop(): Promise<void>;
}

/**
 * The PostgreSQL of the engine tests (`npm run test:engines`), undefined in the embedded ones and when
 * BUTIK_TEST_POSTGRES has no address of one.
 */
export const TEST_POSTGRES =
  process.env.BUTIK_TESTS === 'engine' ? process.env.BUTIK_TEST_POSTGRES || undefined : undefined;

/** On PostgreSQL in the engine tests, and else on PGlite in a folder. */
export async function makeTestDatabase(): Promise<TestDatabase> {
  if (TEST_POSTGRES !== undefined) return makePostgresDatabase(TEST_POSTGRES);
  const directory = mkdtempSync(join(tmpdir(), 'butik-sql-'));
  return {
    open: () => openPgliteSql({ directory }),
    drop: async () => rmSync(directory, { recursive: true }),
  };
}

/** A fresh store: on PostgreSQL in the engine tests, and else on PGlite in memory. It is gone once closed. */
export async function openTestSql(): Promise<Sql> {
  if (TEST_POSTGRES === undefined) return openPgliteSql({ directory: 'memory' });
  const database = await makePostgresDatabase(TEST_POSTGRES);
  const sql = await database.open();
  return {
    ...sql,
    async close() {
      await sql.close();
      await database.drop();
    },
  };
}

export interface PostgresDatabase extends TestDatabase {
  url: string;
  open(options?: Partial<PostgresOptions>): Promise<Sql>;
  /** Runs a statement from outside the store under test. */
  administer(text: string): Promise<Record<string, unknown>[]>;
}

/** A new database beside the one that `server` names. */
export async function makePostgresDatabase(server: string): Promise<PostgresDatabase> {
  const name = `butik_test_${uuidv7().replaceAll('-', '')}`;
  const admin = new pg.Client(server);
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const address = new URL(server);
  address.pathname = `/${name}`;
  return {
    url: address.href,
    open: (options) => openPostgresSql({ url: address.href, ...options }),
    administer: async (text) => (await admin.query<Record<string, unknown>>(text)).rows,
    async drop() {
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}
