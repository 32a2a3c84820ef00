import type { TableColumn } from '../capture/describe-table.ts';
import { type ShapeDefinition, selectedColumns } from './definition.ts';

/** The header `electric-schema`: how the client is to read each column's text. */
export function schemaHeader(definition: ShapeDefinition): string {
  const selected = new Set(selectedColumns(definition));
  const columns = definition.table.columns
    .filter(({ name }) => selected.has(name))
    .map((column) => [column.name, columnSchema(column)]);
  // A header carries Latin-1; JSON can escape what lies beyond.
  return JSON.stringify(Object.fromEntries(columns)).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function columnSchema(column: TableColumn): object {
  const { typeName, dims, notNull, keyIndex } = column;
  return {
    type: typeName,
    ...(dims > 0 && { dims }),
    ...typeDetails(column),
    ...(notNull && { not_null: true }),
    ...(keyIndex !== null && { pk_index: keyIndex }),
  };
}

/** PostgreSQL counts a length or precision together with the four bytes of a value's own length. */
const LENGTH_BYTES = 4;
const ANY_INTERVAL_PRECISION = 0xffff;

function typeDetails({ typeName, typeModifier, sqlType }: TableColumn): object {
  if (typeModifier < 0) return {};
  switch (typeName) {
    case 'varchar':
      return { max_length: typeModifier - LENGTH_BYTES };
    case 'bpchar':
      return { length: typeModifier - LENGTH_BYTES };
    case 'bit':
    case 'varbit':
      return { length: typeModifier };
    case 'time':
    case 'timetz':
    case 'timestamp':
    case 'timestamptz':
      return { precision: typeModifier };
    case 'numeric':
      return numericDetails(typeModifier - LENGTH_BYTES);
    case 'interval': {
      const precision = typeModifier & ANY_INTERVAL_PRECISION;
      const fields = /^interval ([a-z ]+)/.exec(sqlType)?.[1]?.toUpperCase();
      return { ...(fields && { fields }), ...(precision !== ANY_INTERVAL_PRECISION && { precision }) };
    }
    default:
      return {};
  }
}

/** The scale is a signed number of eleven bits. */
function numericDetails(packed: number): object {
  return { precision: (packed >> 16) & 0xffff, scale: ((packed & 0x7ff) ^ 0x400) - 0x400 };
}
