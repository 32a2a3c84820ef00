import { createHash } from 'node:crypto';
import type { TableDescription } from '../capture/describe-table.ts';

export type Replica = 'default' | 'full';

/** What a shape is: which rows of which table, and in which form. */
export interface ShapeDefinition {
  table: TableDescription;
  /** A checked condition with its parameters in it, or null for every row. */
  where: string | null;
  /** Selected columns in the table's order, or null for all, also those added later. */
  columns: string[] | null;
  replica: Replica;
  /** Equal for equal definitions, whatever the table's columns are at the moment. */
  key: string;
}

export function defineShape(definition: Omit<ShapeDefinition, 'key'>): ShapeDefinition {
  const { table, where, columns, replica } = definition;
  const text = JSON.stringify([table.relation, where, columns, replica]);
  return { ...definition, key: createHash('sha256').update(text).digest('hex').slice(0, 32) };
}

export function selectedColumns({ table, columns }: ShapeDefinition): string[] {
  return columns ?? table.columns.map(({ name }) => name);
}

/** The header `electric-schema`: how the client is to read each column's text. */
export function schemaHeader(definition: ShapeDefinition): string {
  const selected = new Set(selectedColumns(definition));
  const columns = definition.table.columns
    .filter(({ name }) => selected.has(name))
    .map(({ name, typeName, dims, notNull, keyIndex }) => [
      name,
      {
        type: typeName,
        ...(dims > 0 && { dims }),
        ...(notNull && { not_null: true }),
        ...(keyIndex !== null && { pk_index: keyIndex }),
      },
    ]);
  // A header carries Latin-1; JSON can escape what lies beyond.
  return JSON.stringify(Object.fromEntries(columns)).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
