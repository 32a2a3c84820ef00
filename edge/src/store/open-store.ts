import type { Logger } from 'pino';
import { closeDatabase, openDatabase } from './database.ts';
import { createGroupCommit } from './group-commit.ts';
import { migrate } from './migrate.ts';
import type { Migration, Store } from './store.ts';

export interface StoreOptions {
  /** Path of the SQLite file, made when missing, or `:memory:`. */
  file: string;
  /** Every step of the schema, in order; `migrations.ts` has the shop's. */
  migrations: readonly Migration[];
  logger: Logger;
  /** Upper bound of the file in pages of 4 KiB; without it the disk is the bound. */
  maxPages?: number;
  /** Called once when the disk failed in a way that only a restart mends; writes are refused from then on. */
  onFailed?: (error: Error) => void;
}

/**
 * Opens the shop's store and brings its schema up to date. Throws STORE_LOCKED, STORE_NEWER,
 * STORE_DAMAGED and STORE_UNSAFE; a store that opens keeps what it acknowledges.
 */
export function openStore({ file, migrations, logger, maxPages, onFailed }: StoreOptions): Store {
  const db = openDatabase(file);
  try {
    migrate(db, file, migrations, logger);
    if (maxPages !== undefined) db.pragma(`max_page_count = ${Math.trunc(maxPages)}`);
    const commits = createGroupCommit(db, logger, onFailed);
    return {
      db,
      write: commits.write,
      onFacts: commits.onFacts,
      markFacts: commits.markFacts,
      async close() {
        commits.close();
        closeDatabase(db);
      },
    };
  } catch (error) {
    closeDatabase(db);
    throw error;
  }
}
