import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '@butik/sync/backoff';
import type { SQL } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type { Pool } from 'pg';
import type { Sql, SqlDatabase, SqlTx, TransactionOptions } from '../sql.ts';
import { isConflict, unwrapButikError } from './connection-errors.ts';
import { ConnectionPool, type PooledConnection } from './connection-pool.ts';
import { openListener } from './open-listener.ts';
import { connectionConfig, prepareSession } from './session.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`; the hub needs a database of its own. */
  url: string;
  logger?: { error(details: object, message: string): void };
  /** Connections at most, besides the one that listens; 10. */
  poolSize?: number;
  /** How long a caller waits for one of them; 5 s. */
  acquireTimeoutMs?: number;
  /** How long one statement may take; 30 s. */
  statementTimeoutMs?: number;
}

const WAITING_PER_CONNECTION = 100;
const ATTEMPTS = 6;
const RETRY = { baseMs: 10, maxMs: 500 };

/**
 * The store on PostgreSQL 15 or later.
 * @throws ButikError SERVICE_UNAVAILABLE when it cannot be reached.
 */
export async function openPostgresSql(options: PostgresOptions): Promise<Sql> {
  const { url, logger, poolSize = 10, acquireTimeoutMs = 5_000, statementTimeoutMs = 30_000 } = options;
  const config = connectionConfig(url, statementTimeoutMs);
  const pool = new ConnectionPool(
    {
      ...config,
      max: poolSize,
      maxWaiting: poolSize * WAITING_PER_CONNECTION,
      connectionTimeoutMillis: acquireTimeoutMs,
      onConnect: prepareSession,
    },
    (error) => logger?.error({ error }, 'A connection to PostgreSQL that nobody used was lost.'),
  );
  try {
    await pool.readArrayTypes();
  } catch (error) {
    await pool.end();
    throw error;
  }
  const listener = openListener(config, logger);
  const whole = asTx(pool);
  return {
    db: whole.db,
    rows: (query) => tryAgain(() => whole.rows(query)),
    transaction: (run, limits) => tryAgain(() => transact(pool, run, limits)),
    listen: listener.listen,
    async close() {
      await listener.close();
      await pool.end();
    },
  };
}

/** One attempt at a transaction, on one connection. */
async function transact<T>(
  pool: ConnectionPool,
  run: (tx: SqlTx) => Promise<T>,
  { statementTimeoutMs }: TransactionOptions = {},
): Promise<T> {
  const connection = await pool.connect(statementTimeoutMs);
  try {
    return await asTx(connection).db.transaction(async (db) => {
      if (statementTimeoutMs !== undefined) {
        await connection.query(`SET LOCAL statement_timeout = ${Math.round(statementTimeoutMs)}`);
      }
      return run(withRows(db));
    });
  } catch (error) {
    throw unwrapButikError(error);
  } finally {
    connection.release();
  }
}

/** Again, a bounded number of times, when PostgreSQL gave the work up in favour of another's. */
async function tryAgain<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isConflict(error)) throw error;
      await sleep(backoffMs(attempt, RETRY, Math.random));
    }
  }
}

function asTx(connection: ConnectionPool | PooledConnection): SqlTx {
  // Drizzle's types want pg's own classes; its driver calls no more of them than there is.
  return withRows(drizzle({ client: connection as unknown as Pool }));
}

function withRows(database: unknown): SqlTx {
  const db = database as SqlDatabase;
  return {
    db,
    async rows<Row extends object>(query: SQL): Promise<Row[]> {
      try {
        const result = (await db.execute(query)) as unknown as { rows: Row[] };
        return result.rows;
      } catch (error) {
        throw unwrapButikError(error);
      }
    },
  };
}
