import pg, { type PoolClient, type PoolConfig, type QueryConfig, type QueryResult } from 'pg';
import { type Connection, watchClient } from './connection.ts';
import { toCallersError, unavailable } from './connection-errors.ts';
import { type RowTypes, rowTypes } from './row-types.ts';

export interface ConnectionPoolOptions extends PoolConfig {
  max: number;
  /** Callers that may wait for a connection; the next is refused at once. */
  maxWaiting: number;
  /** Of one statement; 0 is no limit. */
  statement_timeout: number;
}

export interface PooledConnection extends Connection {
  /** Gives it back; a connection that is not sound is closed. */
  release(): void;
}

/**
 * pg's pool with bounds on both sides. Drizzle knows a pool by `Pool` in its class's name, and then takes one
 * connection for a transaction of its own.
 */
export class ConnectionPool {
  readonly #pool: pg.Pool;
  readonly #options: ConnectionPoolOptions;
  #rowTypes: RowTypes = rowTypes(new Map());

  constructor(options: ConnectionPoolOptions, onIdleError: (error: Error) => void) {
    this.#options = options;
    this.#pool = new pg.Pool(options);
    this.#pool.on('error', onIdleError);
  }

  /** Learns how arrays are to be read; to be called once, before all else. */
  async readArrayTypes(): Promise<void> {
    const { rows } = await this.query(
      `SELECT typarray AS "array", oid AS element FROM pg_type
       WHERE typarray <> 0 AND typnamespace = 'pg_catalog'::regnamespace`,
    );
    this.#rowTypes = rowTypes(
      new Map((rows as { array: number; element: number }[]).map(({ array, element }) => [array, element])),
    );
  }

  /** @throws ButikError SERVICE_UNAVAILABLE when none can be had in time. */
  async connect(statementTimeoutMs = this.#options.statement_timeout): Promise<PooledConnection> {
    const { max, maxWaiting } = this.#options;
    if (this.#pool.waitingCount >= maxWaiting) {
      throw unavailable(undefined, `All ${max} connections are busy and ${maxWaiting} callers wait already.`);
    }
    const client = await this.#client();
    // What the pool hands out is its own client and nothing less.
    const connection = watchClient(client as PoolClient & pg.Client, {
      rowTypes: this.#rowTypes,
      statementTimeoutMs,
    });
    return {
      ...connection,
      release() {
        const sound = connection.isSound();
        connection.leave();
        client.release(!sound);
      },
    };
  }

  async query(query: QueryConfig | string, params?: unknown[]): Promise<QueryResult> {
    const connection = await this.connect();
    try {
      return await connection.query(query, params);
    } finally {
      connection.release();
    }
  }

  /** Waits for the connections that are in use. */
  async end(): Promise<void> {
    await this.#pool.end();
  }

  async #client(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      // What is not PostgreSQL's own word is the network's, or the pool's that it had none in time.
      throw toCallersError(error, !(error instanceof pg.DatabaseError));
    }
  }
}
