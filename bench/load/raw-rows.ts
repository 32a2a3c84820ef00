import { copyFileSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';

/** The rows that one sale leaves in the shop's store, by table: what raw SQLite is made to insert. */
export interface RawRows {
  schema: string[];
  rows: { table: string; columns: string[]; values: unknown[]; replaces: boolean }[];
}

/** Compares the store before and after one sale. Both files must be closed by their process. */
export function rowsOfOneSale(beforeFile: string, afterFile: string): RawRows {
  const db = new Database(afterFile);
  db.exec(`ATTACH '${beforeFile.replaceAll("'", "''")}' AS before`);
  const tables = db
    .prepare<[], { name: string; sql: string }>(
      "SELECT name, sql FROM main.sqlite_schema WHERE type = 'table' AND sql LIKE '%STRICT%' ORDER BY name",
    )
    .all();
  const rows = tables.flatMap(({ name }) => changedRows(db, name));
  const changed = new Set(rows.map((row) => row.table));
  const indexes = db
    .prepare<[], { tbl_name: string; sql: string }>(
      "SELECT tbl_name, sql FROM main.sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
    )
    .all();
  db.close();
  return {
    schema: [
      ...tables.filter((table) => changed.has(table.name)).map((table) => table.sql),
      ...indexes.filter((index) => changed.has(index.tbl_name)).map((index) => index.sql),
    ],
    rows,
  };
}

function changedRows(db: Database.Database, table: string): RawRows['rows'] {
  const columns = db
    .prepare<[], { name: string; pk: number }>(`SELECT name, pk FROM pragma_table_info('${table}')`)
    .all();
  const key = columns.filter((column) => column.pk > 0).map((column) => column.name);
  const existed = db.prepare(
    `SELECT 1 FROM before."${table}" WHERE ${key.map((name) => `"${name}" IS ?`).join(' AND ') || 'false'}`,
  );
  return db
    .prepare<[], Record<string, unknown>>(
      `SELECT * FROM main."${table}" EXCEPT SELECT * FROM before."${table}"`,
    )
    .all()
    .map((row) => ({
      table,
      columns: columns.map((column) => column.name),
      values: columns.map((column) => row[column.name]),
      replaces: existed.get(...key.map((name) => row[name])) !== undefined,
    }));
}

/** A copy of a closed store that later comparisons can use; returns what removes it. */
export function keepCopy(file: string, copy: string): () => void {
  copyFileSync(file, copy);
  return () => rmSync(copy, { force: true });
}
