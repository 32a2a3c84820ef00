import { sql as template } from 'drizzle-orm';
import type { Sql } from '../../kernel/sql/sql.ts';
import { describeTable, type TableDescription, type TableName } from './describe-table.ts';
import { installCapture } from './install-capture.ts';
import { relationName } from './quote.ts';

/** Those who write to the table wait as long, if somebody else holds it. */
const LOCK_TIMEOUT = '5s';

/** The system's tables and the feed's own are nobody's to follow. */
const RESERVED_SCHEMAS = /^(pg_.*|information_schema|feed|kernel)$/;

/**
 * The table as it is now, captured: a table that has no capture, or was altered or written anew since it
 * got one, gets one here, and its shapes must be fetched anew. Waits for the transactions that have written
 * to it, so that no row is missed. Null when there is no such table, or it is not one to follow.
 */
export async function ensureCapture(sql: Sql, name: TableName): Promise<TableDescription | null> {
  const found = await describeTable(sql, name);
  if (!found || isCaptured(found)) return found;
  if (RESERVED_SCHEMAS.test(name.schema)) return null;
  return sql.transaction(async (tx) => {
    await tx.rows(template`SELECT set_config('lock_timeout', ${LOCK_TIMEOUT}, true)`);
    await tx.rows(template.raw(`LOCK TABLE ${relationName(name)} IN SHARE ROW EXCLUSIVE MODE`));
    const table = await describeTable(tx, name);
    if (!table || isCaptured(table)) return table;
    await installCapture(tx, name, { anew: true });
    return describeTable(tx, name);
  });
}

function isCaptured({ capture }: TableDescription): boolean {
  return capture !== null && !capture.rewritten;
}
