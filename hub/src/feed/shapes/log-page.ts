import { sql as template } from 'drizzle-orm';
import type { Sql } from '../../kernel/sql/sql.ts';
import { quoteLiteral, quoteName } from '../capture/quote.ts';
import type { ShapeDefinition } from './definition.ts';
import type { LogEntry } from './messages.ts';
import type { LogOffset } from './offset.ts';

/** Entries looked at in one query: they bound the memory, and the time for which the engine is busy. */
const PAGE_ENTRIES = 2000;
const PAGE_ENTRIES_OF_MANY = 200;

/** A stretch of the log as one shape sees it. */
export interface LogPage {
  /** The newest position of all tables. */
  position: number;
  /** Entries up to this position have been compacted away. */
  floor: number;
  /** The last entry of the table that was looked at, in the shape or not. */
  last: LogOffset | null;
  /** There may be more entries. */
  full: boolean;
  /** Those whose row was or is in the shape. */
  entries: LogEntry[];
}

interface PageRow {
  position: string;
  floor: string;
  lsn: string | null;
  op: number;
  txid: string;
  old: LogEntry['old'];
  new: LogEntry['new'];
  /** A letter `t` or `f` for each definition; empty without an old row, or a new one. */
  was_in: string;
  is_in: string;
}

/**
 * The entries after an offset as shapes of one table see them, a page for each definition. Position,
 * floor and entries are read by one statement, and so belong to one moment.
 */
export async function readPage(
  sql: Sql,
  definitions: readonly ShapeDefinition[],
  { lsn, op }: LogOffset,
): Promise<LogPage[]> {
  const limit = definitions.length === 1 ? PAGE_ENTRIES : PAGE_ENTRIES_OF_MANY;
  const rows = await sql.rows<PageRow>(template`
    SELECT p.lsn::text AS position, p.floor::text AS floor, e.lsn::text AS lsn, e.op, e.txid::text AS txid,
      e.was_in, e.is_in,
      CASE WHEN e.was_in || e.is_in LIKE '%t%' THEN e.old END AS old,
      CASE WHEN e.was_in || e.is_in LIKE '%t%' THEN e.new END AS new
    FROM feed.position p LEFT JOIN (
      SELECT l.*, ${memberships(definitions, 'old')} AS was_in, ${memberships(definitions, 'new')} AS is_in
      FROM (
        SELECT * FROM feed.log WHERE relation = ${definitions[0]!.table.relation}
          AND (lsn, op) > (${lsn}::bigint, ${op}::integer) ORDER BY lsn, op LIMIT ${limit}
      ) l OFFSET 0
    ) e ON true ORDER BY e.lsn, e.op`);
  const found = rows.filter((row) => row.lsn !== null);
  const last = found.at(-1);
  return definitions.map((_, index) => ({
    position: Number(rows[0]!.position),
    floor: Number(rows[0]!.floor),
    last: last ? { lsn: Number(last.lsn), op: last.op } : null,
    full: found.length === limit,
    entries: found
      .filter((row) => row.was_in[index] === 't' || row.is_in[index] === 't')
      .map((row) => ({
        lsn: Number(row.lsn),
        op: row.op,
        txid: Number(row.txid),
        old: row.old,
        new: row.new,
        wasIn: row.was_in[index] === 't',
        isIn: row.is_in[index] === 't',
      })),
  }));
}

/** The conditions on a row of the log, which is made a row of the table again for them. */
function memberships(definitions: readonly ShapeDefinition[], side: 'old' | 'new') {
  const { table } = definitions[0]!;
  const columns = table.columns.map(
    ({ name, sqlType }) => `(l.${side} ->> ${quoteLiteral(name)})::${sqlType} AS ${quoteName(name)}`,
  );
  const conditions = definitions.map(({ where }) =>
    where === null ? 'true' : `coalesce((${where}), false)`,
  );
  const row = `(SELECT ${columns.join(', ')}) AS ${quoteName(table.table)}`;
  return template.raw(`CASE WHEN l.${side} IS NULL THEN ''
    ELSE (SELECT array_to_string(ARRAY[${conditions.join(', ')}], '') FROM ${row}) END`);
}
