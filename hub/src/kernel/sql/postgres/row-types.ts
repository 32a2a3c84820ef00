import pg from 'pg';

/** Gives the function that turns PostgreSQL's text of a type into a value; the form that pg wants. */
export interface RowTypes {
  getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown;
}

type Parse = (text: string) => unknown;

const { builtins } = pg.types;
const asText: Parse = (text) => text;
const parseInt8: Parse = (text) => {
  const exact = BigInt(text);
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : exact;
};

/** What is not here stays PostgreSQL's text: numeric, dates and times, uuid, ranges. */
const SCALARS = new Map<number, Parse>([
  [builtins.BOOL, (text) => text === 't'],
  [builtins.INT2, Number],
  [builtins.INT4, Number],
  [builtins.OID, Number],
  [builtins.FLOAT4, Number],
  [builtins.FLOAT8, Number],
  [builtins.INT8, parseInt8],
  [builtins.JSON, JSON.parse],
  [builtins.JSONB, JSON.parse],
  [builtins.BYTEA, (text) => Uint8Array.from(Buffer.from(text.slice('\\x'.length), 'hex'))],
]);

/** Arrays that drizzle leaves as text for its own columns: timestamp, timestamptz, date, interval, numeric. */
/** Whose parser parts an array of any type into texts; pg's types name scalars only. */
const TEXT_ARRAY: number = 1009;
const TEXT_ARRAYS = [1115, 1185, 1182, 1187, 1231];

/**
 * Values as the embedded engine gives them, so that a caller cannot tell the engines apart. pg's own parsers
 * differ in int8, bytea, points and the arrays of several types. `arrays` is element type by array type.
 */
export function rowTypes(arrays: ReadonlyMap<number, number>): RowTypes {
  const parsers = new Map(SCALARS);
  for (const [array, element] of arrays) parsers.set(array, parseArray(SCALARS.get(element) ?? asText));
  for (const oid of TEXT_ARRAYS) parsers.set(oid, asText);
  return { getTypeParser: (oid) => parsers.get(oid) ?? asText };
}

function parseArray(parseElement: Parse): Parse {
  const split = pg.types.getTypeParser(TEXT_ARRAY as typeof builtins.TEXT) as Parse;
  const each = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(each);
    return value === null ? null : parseElement(value as string);
  };
  return (text) => each(split(text));
}
