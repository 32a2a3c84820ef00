import type { Collection } from '@butik/proto/collections/define-collection';
import type { CutChange } from '@butik/sync/collection-log';
import type { Database, Statement } from 'better-sqlite3';

/** Writes changes of one collection into one table. Writing a change twice is as writing it once. */
export type ChangeWriter = (change: CutChange) => void;

/** Statements are prepared once per set of columns; a stream sends few such sets. */
export function createChangeWriter(db: Database, collection: Collection, table: string): ChangeWriter {
  const statements = new Map<string, Statement>();

  function prepared(key: string, sql: () => string): Statement {
    let statement = statements.get(key);
    if (!statement) {
      statement = db.prepare(sql());
      statements.set(key, statement);
    }
    return statement;
  }

  return ({ value, headers }) => {
    const keyValues = collection.key.map((name) => value[name]);
    if (headers.operation === 'delete') {
      prepared('delete', () => `DELETE FROM "${table}" WHERE ${keyCondition(collection)}`).run(keyValues);
      return;
    }
    const columns = Object.keys(value).filter((name) => Object.hasOwn(collection.columns, name));
    if (headers.operation === 'insert') {
      prepared(`insert ${columns}`, () => upsertSql(collection, table, columns)).run(
        columns.map((name) => value[name]),
      );
      return;
    }
    const changed = columns.filter((name) => !collection.key.includes(name));
    if (changed.length === 0) return;
    prepared(`update ${changed}`, () => updateSql(collection, table, changed)).run([
      ...changed.map((name) => value[name]),
      ...keyValues,
    ]);
  };
}

function upsertSql(collection: Collection, table: string, columns: readonly string[]): string {
  const names = columns.map((name) => `"${name}"`).join(', ');
  const key = collection.key.map((name) => `"${name}"`).join(', ');
  const set = columns
    .filter((name) => !collection.key.includes(name))
    .map((name) => `"${name}" = excluded."${name}"`)
    .join(', ');
  const values = columns.map(() => '?').join(', ');
  return `INSERT INTO "${table}" (${names}) VALUES (${values}) ON CONFLICT (${key}) DO ${set ? `UPDATE SET ${set}` : 'NOTHING'}`;
}

function updateSql(collection: Collection, table: string, changed: readonly string[]): string {
  const set = changed.map((name) => `"${name}" = ?`).join(', ');
  return `UPDATE "${table}" SET ${set} WHERE ${keyCondition(collection)}`;
}

function keyCondition(collection: Collection): string {
  return collection.key.map((name) => `"${name}" = ?`).join(' AND ');
}
