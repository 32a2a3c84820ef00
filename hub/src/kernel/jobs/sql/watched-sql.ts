import { expect, vi } from 'vitest';
import type { Sql } from '../../sql/sql.ts';

/** For tests: a store that knows when its process has nothing more to ask. */
export function watchedSql(sql: Sql): { sql: Sql; asked(): number; atRest(): Promise<void> } {
  let asked = 0;
  let underWay = 0;
  return {
    sql: {
      ...sql,
      async rows(query) {
        asked++;
        underWay++;
        return await sql.rows<never>(query).finally(() => underWay--);
      },
    },
    asked: () => asked,
    async atRest() {
      let before = -1;
      await vi.waitFor(() => {
        const resting = underWay === 0 && asked === before;
        before = asked;
        expect(resting).toBe(true);
      });
    },
  };
}
