/**
 * A process: reads the catalogue page by page as JSON and inserts it into a fresh SQLite file, one durable
 * transaction a page, into tables and indexes like those of the store it is given. Tells the seconds.
 */
import Database from 'better-sqlite3';

const [url, file, store] = process.argv.slice(2) as [string, string, string];
const db = new Database(file);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
for (const sql of schemaOf(store)) db.exec(sql);

const startedAt = performance.now();
let rows = 0;
for (const table of ['products', 'prices']) {
  const columns = db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table);
  const insert = db.prepare(
    `INSERT INTO "${table}" (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  const insertPage = db.transaction((page: Record<string, unknown>[]) => {
    for (const row of page) insert.run(columns.map((column) => asSqliteKeeps(row[column])));
  });
  for (let n = 0; ; n++) {
    const page = (await (await fetch(`${url}/${table}/${n}`)).json()) as Record<string, unknown>[];
    if (page.length === 0) break;
    insertPage.immediate(page);
    rows += page.length;
  }
}
const seconds = (performance.now() - startedAt) / 1000;
db.close();
process.send!({ rows, seconds });

function schemaOf(path: string): string[] {
  const from = new Database(path, { readonly: true });
  const found = from
    .prepare<[], string>(
      `SELECT sql FROM sqlite_schema WHERE tbl_name IN ('products', 'prices') AND type IN ('table', 'index')
       AND sql IS NOT NULL ORDER BY type DESC`,
    )
    .pluck()
    .all();
  from.close();
  return found;
}

function asSqliteKeeps(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}
