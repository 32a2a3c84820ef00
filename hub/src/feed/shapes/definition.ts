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
  /** Equal for equal definitions as long as the table's changes go on in one log, also when it gains a column. */
  key: string;
}

export function defineShape(definition: Omit<ShapeDefinition, 'key'>): ShapeDefinition {
  const { table, where, columns, replica } = definition;
  const text = JSON.stringify([table.relation, table.capture?.id, where, columns, replica]);
  return { ...definition, key: createHash('sha256').update(text).digest('hex').slice(0, 32) };
}

export function selectedColumns({ table, columns }: ShapeDefinition): string[] {
  return columns ?? table.columns.map(({ name }) => name);
}
