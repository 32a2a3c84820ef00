import { sql as template } from 'drizzle-orm';
import type { SqlTx } from '../../kernel/sql/sql.ts';
import { quoteName } from './quote.ts';

export interface TableName {
  schema: string;
  table: string;
}

export interface TableColumn {
  name: string;
  /** As SQL writes it: `integer`, `numeric(10,2)`, `text[]`. */
  sqlType: string;
  /** PostgreSQL's internal name of the type, or of an array's element: `int4`, `text`. */
  typeName: string;
  /** Array dimensions; 0 for a scalar. */
  dims: number;
  notNull: boolean;
  /** Place in the primary key from 0, or null. */
  keyIndex: number | null;
}

export interface TableDescription extends TableName {
  /** `"schema"."table"`: how the log names it. */
  relation: string;
  columns: TableColumn[];
  /** Primary key columns in the key's order. */
  key: string[];
  /** Whether the capture triggers are on it. */
  captured: boolean;
}

/** What PostgreSQL knows of a table; null when there is none of this name. */
export async function describeTable(sql: SqlTx, name: TableName): Promise<TableDescription | null> {
  const relation = `${quoteName(name.schema)}.${quoteName(name.table)}`;
  const columns = await sql.rows<TableColumn & { captured: boolean }>(template`
    SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS "sqlType",
      coalesce(element.typname, t.typname) AS "typeName",
      CASE WHEN element.oid IS NULL THEN 0 ELSE greatest(a.attndims, 1) END AS dims,
      a.attnotnull AS "notNull",
      (SELECT (place - 1)::integer FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
        WHERE i.indrelid = a.attrelid AND i.indisprimary AND k.attnum = a.attnum) AS "keyIndex",
      EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = a.attrelid AND g.tgname = 'feed_capture_insert') AS captured
    FROM pg_attribute a
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_type element ON t.typcategory = 'A' AND element.oid = t.typelem
    WHERE a.attrelid = to_regclass(${relation}) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum`);
  if (columns.length === 0) return null;
  const key = columns
    .filter((column) => column.keyIndex !== null)
    .sort((a, b) => a.keyIndex! - b.keyIndex!)
    .map((column) => column.name);
  return {
    ...name,
    relation,
    columns: columns.map(({ captured, ...column }) => column),
    key,
    captured: columns[0]!.captured,
  };
}
