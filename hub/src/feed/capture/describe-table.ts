import { sql as template } from 'drizzle-orm';
import type { SqlTx } from '../../kernel/sql/sql.ts';
import { relationName } from './quote.ts';

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
  /** What PostgreSQL keeps of a type's length or precision; -1 for nothing. */
  typeModifier: number;
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
  /** Primary key columns in the key's order; every column for a table that has no primary key. */
  key: string[];
  /** Changes with anything that makes its rows other ones: columns, types, key, name. */
  signature: string;
  /** Its capture, if the triggers are on it and know it as it is now. */
  capture: TableCapture | null;
}

export interface TableCapture {
  id: string;
  /** Log entries up to this position are not of this capture. */
  sinceLsn: number;
  /** PostgreSQL has written the table's rows anew since, as some forms of ALTER and VACUUM FULL do. */
  rewritten: boolean;
}

interface ColumnRow extends TableColumn {
  signature: string;
  captureId: string | null;
  sinceLsn: string;
  rewritten: boolean;
}

/** What PostgreSQL knows of a plain table; null when there is none of this name. */
export async function describeTable(sql: SqlTx, name: TableName): Promise<TableDescription | null> {
  const relation = relationName(name);
  const rows = await sql.rows<ColumnRow>(template`
    SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS "sqlType",
      coalesce(element.typname, t.typname) AS "typeName", a.atttypmod AS "typeModifier",
      CASE WHEN element.oid IS NULL THEN 0 ELSE greatest(a.attndims, 1) END AS dims,
      a.attnotnull AS "notNull",
      (SELECT (place - 1)::integer FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
        WHERE i.indrelid = a.attrelid AND i.indisprimary AND k.attnum = a.attnum) AS "keyIndex",
      s.signature, p.id AS "captureId", p.since_lsn::text AS "sinceLsn", p.filenode <> c.relfilenode AS rewritten
    FROM pg_class c
    CROSS JOIN LATERAL (SELECT feed.table_signature(c.oid) AS signature OFFSET 0) s
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_type element ON t.typcategory = 'A' AND element.oid = t.typelem
    LEFT JOIN feed.captures p ON p.relation = ${relation} AND p.table_oid = c.oid AND p.signature = s.signature
      AND 4 = (SELECT count(*) FROM pg_trigger g
        WHERE g.tgrelid = c.oid AND g.tgname LIKE 'feed\\_capture\\_%' AND g.tgenabled <> 'D')
    WHERE c.oid = to_regclass(${relation}) AND c.relkind = 'r' AND NOT c.relispartition
    ORDER BY a.attnum`);
  if (rows.length === 0) return null;
  const { signature, captureId, sinceLsn, rewritten } = rows[0]!;
  const columns = rows.map(({ name, sqlType, typeName, typeModifier, dims, notNull, keyIndex }) => {
    return { name, sqlType, typeName, typeModifier, dims, notNull, keyIndex };
  });
  const primaryKey = columns
    .filter((column) => column.keyIndex !== null)
    .sort((a, b) => a.keyIndex! - b.keyIndex!);
  return {
    ...name,
    relation,
    columns,
    key: (primaryKey.length > 0 ? primaryKey : columns).map((column) => column.name),
    signature,
    capture: captureId === null ? null : { id: captureId, sinceLsn: Number(sinceLsn), rewritten },
  };
}
