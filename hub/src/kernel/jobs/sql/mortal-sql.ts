import { ButikError } from '@butik/proto/errors/butik-error';
import type { Sql } from '../../sql/sql.ts';

/** For tests: a store that one process loses for ever while others keep it. */
export function mortalSql(sql: Sql): { sql: Sql; die(): void } {
  let dead = false;
  const unlessDead = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (dead) throw new ButikError('SERVICE_UNAVAILABLE', { details: { part: 'sql' } });
    return await ask();
  };
  return {
    sql: {
      ...sql,
      rows: (query) => unlessDead(() => sql.rows(query)),
      transaction: (run, options) => unlessDead(() => sql.transaction(run, options)),
    },
    die() {
      dead = true;
    },
  };
}
