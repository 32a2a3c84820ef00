import { sql as template } from 'drizzle-orm';
import type { Sql } from '../../kernel/sql/sql.ts';
import type { TableDescription } from '../capture/describe-table.ts';
import { quoteName } from '../capture/quote.ts';
import { databaseError } from './database-reason.ts';

/** Electric counts from before the condition in `SELECT 1 WHERE …`, and so do its clients. */
const LOCATION_OF_CONDITION = 'SELECT 1 WHERE '.length;

/** Lets PostgreSQL itself read the condition, over no rows. Returns what is wrong with it, or null. */
export async function whyNotCondition(
  sql: Sql,
  table: TableDescription,
  where: string,
): Promise<string | null> {
  const before = `SELECT FROM ${table.relation} AS ${quoteName(table.table)} WHERE (`;
  try {
    await sql.rows(template.raw(`${before}${where}) LIMIT 0`));
    return null;
  } catch (thrown) {
    const error = databaseError(thrown);
    if (!error || !['22', '42'].includes(error.code.slice(0, 2))) throw thrown;
    if (error.position === null) return error.message;
    const at = error.position - 1 - before.length;
    // What follows the condition is ours: to whoever wrote it, it ends there.
    const message = at === where.length ? 'syntax error at end of input' : error.message;
    return `At location ${at + LOCATION_OF_CONDITION}: ${message}`;
  }
}
