/** A process of the crash test: commits rows in the folder it is given until it is killed, and says each number once its commit has returned. */
import { writeSync } from 'node:fs';
import { sql as template } from 'drizzle-orm';
import { openPgliteSql } from './open-pglite-sql.ts';

const sql = await openPgliteSql({ directory: process.argv[2]! });
await sql.rows(template`CREATE TABLE IF NOT EXISTS rows (n integer PRIMARY KEY, filler text NOT NULL)`);
const [last] = await sql.rows<{ n: number }>(template`SELECT coalesce(max(n), 0) AS n FROM rows`);
for (let n = last!.n + 1; ; n++) {
  await sql.transaction(async (tx) => {
    await tx.rows(template`INSERT INTO rows VALUES (${n}, repeat('x', 2000))`);
  });
  writeSync(1, `${n}\n`);
}
