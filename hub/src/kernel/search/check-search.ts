import { ButikError } from '@butik/proto/errors/butik-error';
import type { IndexDefinition, SearchDocument, SearchQuery } from './search.ts';

export const MAX_LIMIT = 200;
/** How far into what was found a page may reach. */
export const MAX_REACH = 10_000;
/** Values counted of one facet, the most frequent ones; a chain has not more categories. */
export const MAX_FACET_VALUES = 1_000;
const MAX_ID = 200;
const MAX_VERSION = 100;
const MAX_VALUE_LENGTH = 200;
const MAX_FIELD_LENGTH = 50_000;
const MAX_VALUES = 100;

/** Names become those of tables, columns and fields, and are the program's own: another one is a fault in it. */
export function checkDefinition({ name, version, text, codes, facets }: IndexDefinition): void {
  const names = [name, ...Object.keys(text), ...codes, ...facets];
  const wrong = names.find((one) => !/^[a-z][A-Za-z0-9_]{0,39}$/.test(one));
  if (wrong !== undefined || name !== name.toLowerCase()) {
    throw new Error(`An index cannot have the name ${wrong ?? name}`);
  }
  if (!Number.isInteger(version) || version < 1)
    throw new Error(`An index cannot have the version ${version}`);
}

/** @throws ButikError REQUEST_INVALID with the field of the first document that is out of bounds. */
export function checkDocuments(
  { facets, codes }: IndexDefinition,
  documents: readonly (Pick<SearchDocument, 'id' | 'version'> & Partial<SearchDocument>)[],
): void {
  for (const { id, version, fields = {} } of documents) {
    if (!/^[\x21-\x7e]+$/.test(id) || id.length > MAX_ID)
      throw invalid('id', 'Printable ASCII, 200 at most.');
    if (!/^[\x21-\x7e]+$/.test(version) || version.length > MAX_VERSION) {
      throw invalid('version', 'Printable ASCII, 100 at most.');
    }
    for (const [field, value] of Object.entries(fields)) {
      const values = valuesOf(value);
      const exact = facets.includes(field) || codes.includes(field);
      const longest = exact ? MAX_VALUE_LENGTH : MAX_FIELD_LENGTH;
      if (values.length > MAX_VALUES) throw invalid(`fields.${field}`, `At most ${MAX_VALUES} values.`);
      if (values.some(({ length }) => length > longest)) {
        throw invalid(`fields.${field}`, `At most ${longest} characters.`);
      }
    }
  }
}

/** @throws ButikError REQUEST_INVALID with the field that is out of bounds. */
export function checkQuery(definition: IndexDefinition, query: SearchQuery): void {
  const { limit, offset = 0, filters = {}, facets = [] } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) throw invalid('limit', '1 to 200.');
  if (!Number.isInteger(offset) || offset < 0 || offset + limit > MAX_REACH) {
    throw invalid('offset', `Offset and limit reach ${MAX_REACH} at most; narrow the search.`);
  }
  for (const [field, values] of Object.entries(filters)) {
    if (!definition.facets.includes(field)) throw invalid(`filters.${field}`, 'There is no such filter.');
    if (values.length > MAX_VALUES) throw invalid(`filters.${field}`, `At most ${MAX_VALUES} values.`);
  }
  const unknown = facets.find((field) => !definition.facets.includes(field));
  if (unknown !== undefined) throw invalid(`facets.${unknown}`, 'There is no such facet.');
}

/** A field's values as texts: `true` and `false` for a boolean, none for null. */
export function valuesOf(value: SearchDocument['fields'][string] | undefined): string[] {
  if (value === null || value === undefined) return [];
  return typeof value === 'object' ? [...new Set(value)] : [String(value)];
}

function invalid(path: string, message: string): ButikError {
  return new ButikError('REQUEST_INVALID', { details: { fields: [{ path, message }] } });
}
