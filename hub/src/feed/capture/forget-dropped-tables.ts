import { sql as template } from 'drizzle-orm';
import type { Sql } from '../../kernel/sql/sql.ts';

/** Ends the captures of tables that are gone, and drops the triggers' functions that no table uses any more. */
export async function forgetDroppedTables(sql: Sql): Promise<void> {
  await sql.transaction(async (tx) => {
    await tx.rows(template`SELECT feed.retire_capture(relation) FROM feed.captures
      WHERE to_regclass(relation) IS DISTINCT FROM table_oid::regclass`);
    const unused = await tx.rows<{ name: string }>(template`
      SELECT p.oid::regprocedure::text AS name FROM pg_proc p
      WHERE p.pronamespace = 'feed'::regnamespace AND p.proname LIKE 'capture\\_%'
        AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgfoid = p.oid)`);
    for (const { name } of unused) await tx.rows(template.raw(`DROP FUNCTION IF EXISTS ${name}`));
  });
}
