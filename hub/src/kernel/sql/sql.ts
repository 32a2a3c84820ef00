import type { SQL } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

/** Drizzle's query builder; the same on PGlite and on PostgreSQL. */
export type SqlDatabase = PgDatabase<PgQueryResultHKT, Record<string, never>>;

/**
 * One transaction. Rows come back as plain objects with PostgreSQL's column names; their values are the
 * same on every engine: int8 is a number, or a bigint beyond 2^53; numeric, dates and times are PostgreSQL's
 * text, times in UTC; bytea is a Uint8Array.
 */
export interface SqlTx {
  db: SqlDatabase;
  /** Runs a drizzle `sql` template and returns its rows. */
  rows<Row extends object>(query: SQL): Promise<Row[]>;
}

export interface TransactionOptions {
  /** How long one statement may take; 0 for as long as it needs. The embedded engine knows no limit. */
  statementTimeoutMs?: number;
}

/**
 * The hub's relational store. An engine that cannot be reached, or is lost on the way, is
 * SERVICE_UNAVAILABLE with `details.part` `sql`; a statement that takes too long is DEADLINE_EXCEEDED. What
 * else the database says passes as the cause of drizzle's error.
 */
export interface Sql extends SqlTx {
  /**
   * Commits when `run` resolves and returns only once the commit is durable (it survives SIGKILL and a power
   * cut); rolls back when `run` throws. It also rejects when a statement failed whose error `run` caught,
   * because PostgreSQL then commits nothing. On the embedded engine transactions run one after the other, so
   * `run` must not wait for another one. On PostgreSQL `run` is called again when the transaction lost against
   * another (a deadlock, a serialization failure): what it does outside the transaction must bear a repeat.
   * When the connection is lost while it commits, the outcome is not known: SERVICE_UNAVAILABLE either way.
   */
  transaction<T>(run: (tx: SqlTx) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * Calls `onNotify` after each committed `NOTIFY channel`; returns the function that ends it. `onMissed` is
   * called when the connection was lost and listens again: notifications between may not have been heard.
   */
  listen(
    channel: string,
    onNotify: (payload: string) => void,
    onMissed?: () => void,
  ): Promise<() => Promise<void>>;
  /** Waits for the transactions that run; whoever asks afterwards is refused. */
  close(): Promise<void>;
}
