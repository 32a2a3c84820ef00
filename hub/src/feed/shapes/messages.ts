import { quoteName } from '../capture/quote.ts';
import { type ShapeDefinition, selectedColumns } from './definition.ts';

/** A row as the log keeps it: PostgreSQL's text of each value. */
export type TextRow = Record<string, string | null>;

/** An entry of the log and whether its row was, and is, in the shape. */
export interface LogEntry {
  lsn: number;
  op: number;
  txid: number;
  old: TextRow | null;
  new: TextRow | null;
  wasIn: boolean;
  isIn: boolean;
}

export interface ChangeMessage {
  key: string;
  value: TextRow;
  old_value?: TextRow;
  headers: {
    operation: 'insert' | 'update' | 'delete';
    relation: [schema: string, table: string];
    lsn: string;
    op_position: number;
    txids: number[];
    last?: true;
  };
}

/**
 * What a client of the shape is told of an entry, or null for nothing: a row that enters the shape is
 * an insert, one that leaves it a delete, and an update of columns that were not selected is silent.
 */
export function toMessage(definition: ShapeDefinition, entry: LogEntry): ChangeMessage | null {
  const columns = selectedColumns(definition);
  const full = definition.replica === 'full';
  if (entry.isIn && !entry.wasIn) return message(definition, entry, 'insert', pick(entry.new!, columns));
  if (!entry.isIn && entry.wasIn) {
    return message(definition, entry, 'delete', pick(entry.old!, full ? columns : definition.table.key));
  }
  if (!entry.isIn) return null;
  const before = entry.old!;
  const after = entry.new!;
  const changed = columns.filter((column) => (before[column] ?? null) !== (after[column] ?? null));
  if (changed.length === 0) return null;
  const value = pick(after, full ? columns : [...definition.table.key, ...changed]);
  const update = message(definition, entry, 'update', value);
  return full ? { ...update, old_value: pick(before, changed) } : update;
}

function message(
  { table }: ShapeDefinition,
  entry: LogEntry,
  operation: ChangeMessage['headers']['operation'],
  value: TextRow,
): ChangeMessage {
  return {
    key: messageKey(table, (operation === 'delete' ? entry.old : entry.new)!),
    value,
    headers: {
      operation,
      relation: [table.schema, table.table],
      lsn: String(entry.lsn),
      op_position: entry.op,
      txids: [entry.txid],
    },
  };
}

/** `"schema"."table"/"id"`; a slash inside doubles, and so does a dot inside a table's name. Null is `_`. */
function messageKey(table: ShapeDefinition['table'], row: TextRow): string {
  const parts = table.key.map((column) => {
    const value = row[column] ?? null;
    return value === null ? '_' : `"${value.replaceAll('/', '//')}"`;
  });
  return [keyPrefix(table), ...parts].join('/');
}

export function keyPrefix({ schema, table }: { schema: string; table: string }): string {
  const part = (name: string) => quoteName(name).replaceAll('.', '..').replaceAll('/', '//');
  return `${part(schema)}.${part(table)}`;
}

function pick(row: TextRow, columns: readonly string[]): TextRow {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}
