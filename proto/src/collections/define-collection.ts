import { z } from 'zod';

/** Column types that mean the same in PostgreSQL, SQLite and JSON. A `?` makes the column nullable. */
export type ColumnType = 'uuid' | 'text' | 'integer' | 'boolean' | 'json';
export type ColumnSpec = ColumnType | `${ColumnType}?`;

/**
 * Who gets a row. `chain`: every shop gets every row. `scoped`: the table has a column `scope` with
 * `chain`, `group:ID` or `shop:ID`, and a shop gets the rows of its own scopes.
 */
export type Scoping = 'chain' | 'scoped';

export interface Collection<Columns extends Record<string, ColumnSpec> = Record<string, ColumnSpec>> {
  /** Table name in the hub's schema `feed` and in the shop's SQLite. */
  name: string;
  /** Raised when the meaning of a column changes; adding a nullable column does not raise it. */
  version: number;
  scoping: Scoping;
  /** Names of the primary key's columns. */
  key: readonly string[];
  columns: Columns;
}

type Base<Spec extends ColumnSpec> = Spec extends 'uuid' | 'text' | 'uuid?' | 'text?'
  ? string
  : Spec extends 'integer' | 'integer?'
    ? number
    : Spec extends 'boolean' | 'boolean?'
      ? boolean
      : unknown;
type Value<Spec extends ColumnSpec> = Spec extends `${string}?` ? Base<Spec> | null : Base<Spec>;

/** A row of a collection, as the hub writes it and the shop reads it. */
export type RowOf<C> =
  C extends Collection<infer Columns>
    ? { [Name in keyof Columns]: Value<Columns[Name] & ColumnSpec> }
    : never;

export function defineCollection<const Columns extends Record<string, ColumnSpec>>(
  collection: Collection<Columns> & { key: readonly (keyof Columns & string)[] },
): Collection<Columns> {
  return collection;
}

/** A column's type without its nullability mark. */
export function columnType(spec: ColumnSpec): { type: ColumnType; nullable: boolean } {
  const nullable = spec.endsWith('?');
  return { type: (nullable ? spec.slice(0, -1) : spec) as ColumnType, nullable };
}

/** The zod schema of a collection's rows. */
export function rowSchema<C extends Collection>(collection: C): z.ZodType<RowOf<C>> {
  const shape = Object.fromEntries(
    Object.entries(collection.columns).map(([name, spec]) => {
      const { type, nullable } = columnType(spec);
      return [name, nullable ? VALUES[type].nullable() : VALUES[type]];
    }),
  );
  return z.strictObject(shape) as unknown as z.ZodType<RowOf<C>>;
}

const VALUES: Record<ColumnType, z.ZodType> = {
  uuid: z.uuid(),
  text: z.string(),
  integer: z.number().int(),
  boolean: z.boolean(),
  json: z.unknown(),
};
