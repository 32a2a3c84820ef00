import {
  type Collection,
  columnType,
  type RowOf,
  rowSchema,
} from '@butik/proto/collections/define-collection';
import { ButikError } from '@butik/proto/errors/butik-error';
import { sql as template } from 'drizzle-orm';
import type { SqlTx } from '../kernel/sql/sql.ts';
import { quoteLiteral, quoteName } from './capture/quote.ts';
import { relationOf, SQL_TYPES } from './tables.ts';

const BATCH_ROWS = 2000;

/**
 * Inserts or replaces rows by their key. A row that is already so is not written, and shops hear nothing
 * of it; of two rows with one key the later one counts. Throws REQUEST_INVALID, and writes nothing, when a
 * row does not have the collection's form.
 */
export async function upsertRows<C extends Collection>(
  tx: SqlTx,
  collection: C,
  rows: readonly RowOf<C>[],
): Promise<void> {
  const checked = lastOfEachKey(collection, checkedRows(collection, rows));
  const names = Object.keys(collection.columns);
  const columns = names.map(quoteName).join(', ');
  const others = names.filter((name) => !collection.key.includes(name)).map(quoteName);
  const onConflict =
    others.length === 0
      ? 'DO NOTHING'
      : `DO UPDATE SET ${others.map((name) => `${name} = excluded.${name}`).join(', ')}
         WHERE (${others.map((name) => `t.${name}`).join(', ')})
         IS DISTINCT FROM (${others.map((name) => `excluded.${name}`).join(', ')})`;
  for (const batch of batches(checked)) {
    await tx.rows(template`
      INSERT INTO ${template.raw(relationOf(collection))} AS t (${template.raw(columns)})
      SELECT ${template.raw(names.map((name) => columnValue(collection, name)).join(', '))}
      FROM ${recordset(collection, names, batch)}
      ON CONFLICT (${template.raw(collection.key.map(quoteName).join(', '))}) ${template.raw(onConflict)}`);
  }
}

/** Deletes the rows with these keys; one that is not there is no error. */
export async function deleteRows<C extends Collection>(
  tx: SqlTx,
  collection: C,
  keys: readonly Partial<RowOf<C>>[],
): Promise<void> {
  const same = collection.key.map((name) => `t.${quoteName(name)} = r.${quoteName(name)}`).join(' AND ');
  for (const batch of batches(keys)) {
    await tx.rows(template`DELETE FROM ${template.raw(relationOf(collection))} AS t
      USING ${recordset(collection, collection.key, batch)} WHERE ${template.raw(same)}`);
  }
}

/** The rows as one JSON parameter, read back as a table `r` of these columns. */
function recordset(collection: Collection, names: readonly string[], rows: readonly object[]) {
  const columns = names.map(
    (name) => `${quoteName(name)} ${SQL_TYPES[columnType(collection.columns[name]!).type]}`,
  );
  return template`json_to_recordset(${JSON.stringify(rows)}::json) AS r (${template.raw(columns.join(', '))})`;
}

/** JSON's null is a value of its own where the column may not be null. */
function columnValue(collection: Collection, name: string): string {
  const { type, nullable } = columnType(collection.columns[name]!);
  const column = `r.${quoteName(name)}`;
  return type === 'json' && !nullable ? `coalesce(${column}, ${quoteLiteral('null')}::jsonb)` : column;
}

function checkedRows<C extends Collection>(collection: C, rows: readonly RowOf<C>[]): RowOf<C>[] {
  const schema = rowSchema(collection);
  return rows.map((row, index) => {
    const parsed = schema.safeParse(row);
    if (parsed.success) return parsed.data;
    const fields = parsed.error.issues.map(({ path, message }) => ({
      path: [index, ...path].join('.'),
      message,
    }));
    throw new ButikError('REQUEST_INVALID', {
      message: `Row ${index} is not one of ${collection.name}: ${fields.map((f) => `${f.path}: ${f.message}`).join('; ')}`,
      details: { fields },
    });
  });
}

function lastOfEachKey<C extends Collection>(collection: C, rows: readonly RowOf<C>[]): RowOf<C>[] {
  const keyOf = (row: RowOf<C>) =>
    JSON.stringify(collection.key.map((name) => (row as Record<string, unknown>)[name]));
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()];
}

function* batches<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += BATCH_ROWS) yield rows.slice(start, start + BATCH_ROWS);
}
