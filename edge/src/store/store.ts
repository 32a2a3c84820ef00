import type { Database } from 'better-sqlite3';

/** The store's name in the data folder. */
export const STORE_FILE = 'shop.db';

/**
 * The shop's SQLite file: one process, one writer connection. Reads go straight to `db`; every
 * change goes through `write`, so that changes that arrive together share one fsync.
 */
export interface Store {
  readonly db: Database;
  /**
   * Runs `job` in a transaction of its own (a savepoint within the shared one) and resolves with its
   * result only once that is durable on disk. When `job` throws, only its own changes are undone.
   * When the shared commit fails nothing of any job is kept: STORE_FULL or STORE_FAILED.
   * `job` is synchronous by type: a transaction never waits for anything.
   */
  write<T>(job: (db: Database) => NotAPromise<T>): Promise<T>;
  /** Calls back after each commit that wrote facts to the outbox. */
  onFacts(listener: () => void): () => void;
  /** Tells that the running job wrote facts; called by the outbox. */
  markFacts(): void;
  close(): Promise<void>;
}

export type NotAPromise<T> = T extends Promise<unknown> ? never : T;

/** One forward step of the store's schema. Steps are never edited once released. */
export interface Migration {
  id: string;
  up: string;
}
