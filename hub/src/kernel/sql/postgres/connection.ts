import type { Client, QueryConfig, QueryResult } from 'pg';
import { toCallersError } from './connection-errors.ts';
import type { RowTypes } from './row-types.ts';

/** One connection as drizzle's driver uses it: queries run one after the other. */
export interface Connection {
  query(query: QueryConfig | string, params?: unknown[]): Promise<QueryResult>;
  /** Whether the connection may serve another caller: it is neither broken nor inside a transaction. */
  isSound(): boolean;
  /** Ends the watch over the client. */
  leave(): void;
}

/**
 * Puts row types, the errors of the port and a watchdog on a client of pg. PostgreSQL itself ends a statement
 * that takes longer than `statementTimeoutMs`; when no answer has come after twice that time the network or
 * the engine hangs, and the connection is cut. 0 is no limit.
 */
export function watchClient(
  client: Client,
  { rowTypes, statementTimeoutMs }: { rowTypes: RowTypes; statementTimeoutMs: number },
): Connection {
  let lost = false;
  let last: Promise<unknown> = Promise.resolve();
  const onError = () => {
    lost = true;
  };
  client.on('error', onError);

  async function ask(query: QueryConfig | string, params: unknown[]): Promise<QueryResult> {
    const config = { ...(typeof query === 'string' ? { text: query } : query), types: rowTypes };
    const watchdog =
      statementTimeoutMs === 0
        ? undefined
        : setTimeout(() => client.connection.stream.destroy(), 2 * statementTimeoutMs);
    try {
      const result = await client.query(config, params.map(toParameter));
      if (config.text === 'commit' && result.command === 'ROLLBACK') {
        throw new Error('Nothing was committed: a statement of the transaction had failed.');
      }
      return result;
    } catch (error) {
      throw toCallersError(error, lost);
    } finally {
      clearTimeout(watchdog);
    }
  }

  return {
    query(query, params = []) {
      const answer = last.then(() => ask(query, params));
      last = answer.catch(() => undefined);
      return answer;
    },
    isSound: () => !lost && client.getTransactionStatus() === 'I',
    leave: () => void client.off('error', onError),
  };
}

/** pg would send a date in the time zone of this process; PGlite sends UTC. */
function toParameter(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : value;
}
