import { createHash } from 'node:crypto';
import { sql as template } from 'drizzle-orm';
import type { SqlTx } from '../../kernel/sql/sql.ts';
import { describeTable, type TableDescription, type TableName } from './describe-table.ts';
import { quoteLiteral, quoteName } from './quote.ts';

/**
 * Puts the triggers on a table that append its changes to `feed.log` in the writing transaction, with old
 * and new rows as text values. Call it again after a column was added, in the same transaction: the shapes
 * go on by the log, and rows that are there already are not logged. With `anew` they must be fetched anew.
 *
 * The triggers fire once a statement and read its transition tables: a statement of 10,000 rows takes the
 * position once. A changed primary key is logged as a delete and an insert, as is every update of a table
 * without one; TRUNCATE as deletes; a row that an UPDATE left as it was is not logged. A capture that finds
 * its table altered or renamed never hinders the writer: it ends, and the table's shapes with it.
 *
 * A writer holds the position from its first captured statement to its commit, so captured writers on
 * PostgreSQL run one after the other from there on: write the feed late in the transaction and keep it short.
 */
export async function installCapture(sql: SqlTx, name: TableName, { anew = false } = {}): Promise<void> {
  const table = await describeTable(sql, name);
  if (!table) throw new Error(`There is no table ${name.schema}.${name.table} to capture.`);
  for (const { event, timing, tables, changes } of captures(table)) {
    const procedure = `feed.${quoteName(`capture_${event}_${shortHash(table.relation)}`)}`;
    await sql.rows(template.raw(captureFunction(procedure, table, changes)));
    await sql.rows(
      template.raw(`CREATE OR REPLACE TRIGGER feed_capture_${event} ${timing} ${event.toUpperCase()}
        ON ${table.relation} ${tables} FOR EACH STATEMENT EXECUTE FUNCTION ${procedure}()`),
    );
  }
  if (anew) await sql.rows(template`SELECT feed.retire_capture(${table.relation}::text)`);
  await sql.rows(template`
    INSERT INTO feed.captures AS known (relation, table_oid, signature, filenode, since_lsn)
    SELECT ${table.relation}, c.oid, ${table.signature}, c.relfilenode, p.lsn
    FROM pg_class c, feed.position p WHERE c.oid = to_regclass(${table.relation})
    ON CONFLICT (relation) DO UPDATE SET signature = excluded.signature, filenode = excluded.filenode,
      id = CASE WHEN known.table_oid = excluded.table_oid THEN known.id ELSE excluded.id END,
      since_lsn = CASE WHEN known.table_oid = excluded.table_oid THEN known.since_lsn ELSE excluded.since_lsn END,
      table_oid = excluded.table_oid`);
  await sql.rows(template`SELECT pg_notify('feed', 'schema:')`);
}

interface Capture {
  event: 'insert' | 'update' | 'delete' | 'truncate';
  timing: 'BEFORE' | 'AFTER';
  /** The clause that names the transition tables. */
  tables: string;
  /** A query of the columns operation, old, new and rank; lower ranks are logged first. */
  changes: string;
}

function captures(table: TableDescription): Capture[] {
  const old = rowAsText(table, 'o');
  const fresh = rowAsText(table, 'n');
  return [
    {
      event: 'insert',
      timing: 'AFTER',
      tables: 'REFERENCING NEW TABLE AS new_rows',
      changes: `SELECT 'insert', NULL::jsonb, ${fresh}, 0 FROM new_rows n`,
    },
    {
      event: 'update',
      timing: 'AFTER',
      tables: 'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows',
      changes: updates(table, old, fresh),
    },
    {
      event: 'delete',
      timing: 'AFTER',
      tables: 'REFERENCING OLD TABLE AS old_rows',
      changes: `SELECT 'delete', ${old}, NULL::jsonb, 0 FROM old_rows o`,
    },
    {
      event: 'truncate',
      timing: 'BEFORE',
      tables: '',
      changes: `SELECT 'delete', ${old}, NULL::jsonb, 0 FROM ${table.relation} o`,
    },
  ];
}

/** Old and new rows are matched by their key's text, which is what followers know a row by. */
function updates(table: TableDescription, old: string, fresh: string): string {
  const keyed = table.columns.some(({ keyIndex }) => keyIndex !== null);
  if (!keyed) {
    return `SELECT 'delete', ${old}, NULL::jsonb, 0 FROM old_rows o
      UNION ALL SELECT 'insert', NULL::jsonb, ${fresh}, 1 FROM new_rows n`;
  }
  const samekey = table.key
    .map(quoteName)
    .map((column) => `o.${column}::text COLLATE "C" = n.${column}::text COLLATE "C"`)
    .join(' AND ');
  const noOld = `o.${quoteName(table.key[0]!)} IS NULL`;
  const noNew = `n.${quoteName(table.key[0]!)} IS NULL`;
  return `SELECT CASE WHEN ${noOld} THEN 'insert' WHEN ${noNew} THEN 'delete' ELSE 'update' END,
    CASE WHEN NOT ${noOld} THEN ${old} END, CASE WHEN NOT ${noNew} THEN ${fresh} END,
    CASE WHEN ${noNew} THEN 0 ELSE 1 END
    FROM old_rows o FULL JOIN new_rows n ON ${samekey} WHERE ROW(o.*)::text IS DISTINCT FROM ROW(n.*)::text`;
}

/**
 * The SET clauses make a value's text the same whatever the writer's session has set, and the definer's
 * rights let any role write that may write to the table.
 */
function captureFunction(procedure: string, table: TableDescription, query: string): string {
  const relation = quoteLiteral(table.relation);
  return `
    CREATE OR REPLACE FUNCTION ${procedure}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET timezone = 'UTC' SET datestyle = 'ISO' SET intervalstyle = 'postgres' SET bytea_output = 'hex'
    SET extra_float_digits = 1 AS $capture$
    DECLARE
      here record;
      logged bigint;
    BEGIN
      IF feed.table_signature(TG_RELID) <> ${quoteLiteral(table.signature)} THEN
        PERFORM feed.retire_capture(${relation});
        RETURN NULL;
      END IF;
      IF NOT EXISTS (${query}) THEN RETURN NULL; END IF;
      here := feed.claim_position(${relation});
      INSERT INTO feed.log (relation, lsn, op, operation, old, new, txid)
        SELECT ${relation}, here.at_lsn, here.at_op + row_number() OVER (ORDER BY changes.rank) - 1,
          changes.operation, changes.old, changes.new,
          pg_current_xact_id()::text::bigint
        FROM (${query}) AS changes (operation, old, new, rank);
      GET DIAGNOSTICS logged = ROW_COUNT;
      PERFORM set_config('feed.held', here.at_lsn || '_' || here.at_op + logged, true);
      RETURN NULL;
    END $capture$`;
}

function rowAsText(table: TableDescription, alias: string): string {
  const columns = table.columns.map(({ name }) => `${alias}.${quoteName(name)}::text AS ${quoteName(name)}`);
  return `(SELECT to_jsonb(r.*) FROM (SELECT ${columns.join(', ')}) r)`;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
