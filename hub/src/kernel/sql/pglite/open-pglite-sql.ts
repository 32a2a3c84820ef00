import { PGlite } from '@electric-sql/pglite';
import { type SQL, sql as template } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pglite';
import type { Sql, SqlDatabase, SqlTx } from '../sql.ts';
import { withoutValues } from '../without-values.ts';
import { lockFolder, prepareCluster } from './data-folder.ts';
import { DurableNodeFs, durableStartParams } from './durable-node-fs.ts';
import { emptyCluster } from './empty-cluster.ts';
import { keepHouse } from './housekeeping.ts';

export interface PgliteOptions {
  /** The data folder, made when missing; or `memory`, which keeps nothing. */
  directory: string | 'memory';
  logger?: { error(details: object, message: string): void };
  /** How often checkpoints and vacuums are looked after; one minute by default. */
  housekeepingMs?: number;
  /** Called with the path inside the cluster after each fsync; for measurements and tests. */
  onSync?: (path: string) => void;
}

/**
 * The embedded store: PostgreSQL in this process. Commits are durable (see `durable-node-fs.ts`), one
 * fsync each; a crash is recovered from PostgreSQL's own log at the next start.
 * @throws ButikError STORE_LOCKED when the folder is open elsewhere.
 */
export async function openPgliteSql(options: PgliteOptions): Promise<Sql> {
  if (options.directory === 'memory') {
    const pg = await PGlite.create({ loadDataDir: await emptyCluster() });
    return asSql(pg, () => pg.close());
  }
  const unlock = lockFolder(options.directory);
  try {
    const pg = await openCluster(options.directory, options.onSync);
    const stop = startHousekeeping(pg, options);
    return asSql(pg, async () => {
      await stop();
      await pg.close();
      unlock();
    });
  } catch (error) {
    unlock();
    throw error;
  }
}

async function openCluster(directory: string, onSync?: (path: string) => void): Promise<PGlite> {
  const folder = await prepareCluster(directory, async (aside) => {
    const fresh = await PGlite.create({ fs: new DurableNodeFs(aside) });
    await fresh.close();
  });
  return PGlite.create({
    fs: new DurableNodeFs(folder, onSync),
    startParams: durableStartParams(PGlite.defaultStartParams),
  });
}

function asSql(pg: PGlite, close: () => Promise<void>): Sql {
  const db = drizzle(pg);
  return {
    ...asTx(db as unknown as SqlDatabase),
    transaction: (run) => db.transaction((tx) => runWhole(tx as unknown as SqlDatabase, run)),
    listen: (channel, onNotify) => pg.listen(channel, onNotify),
    close,
  };
}

/**
 * PGlite commits a transaction in which a statement failed as if it had not: PostgreSQL rolls it back and
 * PGlite does not look. If the callback caught an error, or may have, one more statement tells.
 */
async function runWhole<T>(db: SqlDatabase, run: (tx: SqlTx) => Promise<T>): Promise<T> {
  const { rows } = asTx(db);
  let doubtful = false;
  const result = await run({
    get db() {
      doubtful = true;
      return db;
    },
    rows: (query) =>
      rows<never>(query).catch((error: unknown) => {
        doubtful = true;
        throw error;
      }),
  });
  if (doubtful) await rows(template`SELECT`);
  return result;
}

function asTx(db: SqlDatabase): SqlTx {
  return {
    db,
    async rows<Row extends object>(query: SQL): Promise<Row[]> {
      try {
        const result = (await db.execute(query)) as unknown as { rows: Row[] };
        return result.rows;
      } catch (error) {
        throw withoutValues(error);
      }
    },
  };
}

/** Returns the function that ends it, after the round under way. */
function startHousekeeping(
  pg: PGlite,
  { logger, housekeepingMs = 60_000 }: PgliteOptions,
): () => Promise<void> {
  let round = Promise.resolve();
  let idle = true;
  const timer = setInterval(() => {
    if (!idle) return;
    idle = false;
    round = keepHouse(pg)
      .catch((error: unknown) => logger?.error({ error }, 'The housekeeping of the SQL store failed.'))
      .finally(() => {
        idle = true;
      });
  }, housekeepingMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await round;
  };
}
