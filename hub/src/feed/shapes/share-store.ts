import type { Sql } from '../../kernel/sql/sql.ts';
import { takeTurns } from './take-turns.ts';

/** Of the ten connections that a store has. A transaction here is a whole snapshot, or waits for a table's lock. */
const MAX_QUERIES = 6;
const MAX_TRANSACTIONS = 4;

/**
 * The store as the shapes use it: when all boxes come back at once, their requests wait here, and leave
 * connections to the rest of the hub.
 */
export function shareStore(sql: Sql): Sql {
  const queryInTurn = takeTurns(MAX_QUERIES);
  const transactInTurn = takeTurns(MAX_TRANSACTIONS);
  return {
    ...sql,
    rows: (query) => queryInTurn(() => sql.rows(query)),
    transaction: (run, options) => transactInTurn(() => sql.transaction(run, options)),
  };
}
