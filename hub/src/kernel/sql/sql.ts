import type { SQL } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

/** Drizzle's query builder; the same on PGlite and on PostgreSQL. */
export type SqlDatabase = PgDatabase<PgQueryResultHKT, Record<string, never>>;

/** One transaction. Rows come back as plain objects with PostgreSQL's column names. */
export interface SqlTx {
  db: SqlDatabase;
  /** Runs a drizzle `sql` template and returns its rows. */
  rows<Row extends object>(query: SQL): Promise<Row[]>;
}

/**
 * The hub's relational store. `transaction` commits when `run` resolves and returns only once the
 * commit is durable (it survives SIGKILL and a power cut); it rolls back when `run` throws. On the
 * embedded engine transactions run one after the other, so `run` must not wait for another one.
 */
export interface Sql extends SqlTx {
  transaction<T>(run: (tx: SqlTx) => Promise<T>): Promise<T>;
  /**
   * Calls `onNotify` after each committed `NOTIFY channel`; returns the function that ends it.
   * A lost connection may swallow notifications: listeners also look by themselves now and then.
   */
  listen(channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
