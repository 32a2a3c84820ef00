import { sql as template } from 'drizzle-orm';
import type { Sql } from '../../sql/sql.ts';
import { valuesOf } from '../check-search.ts';
import type { IndexDefinition, SearchDocument } from '../search.ts';
import { cleanText } from '../words.ts';
import { documentTerms, documentWords } from './document-terms.ts';
import type { IndexTables } from './index-tables.ts';
import { facetTerm } from './search-documents.ts';
import type { Stemmer } from './stem-words.ts';
import { keepWords } from './words-table.ts';

/** Documents written in one transaction. */
const BATCH = 200;

/** What is written of a document; one without fields is removed, and stays as a mark against older writes. */
export type DocumentWrite = Pick<SearchDocument, 'id' | 'version'> & Partial<Pick<SearchDocument, 'fields'>>;

/** Writes documents where the table has no newer version of them; the writes are sorted by id, each id once. */
export async function writeDocuments(
  sql: Sql,
  writes: readonly DocumentWrite[],
  index: { definition: IndexDefinition; tables: IndexTables; stem: Stemmer },
): Promise<void> {
  for (let from = 0; from < writes.length; from += BATCH) {
    await writeBatch(sql, writes.slice(from, from + BATCH), index);
  }
}

async function writeBatch(
  sql: Sql,
  writes: readonly DocumentWrite[],
  { definition, tables, stem }: { definition: IndexDefinition; tables: IndexTables; stem: Stemmer },
): Promise<void> {
  const worded = writes.map(({ fields = {}, ...write }) => {
    const clean = cleanFields(fields);
    return { ...write, fields: clean, words: documentWords(definition, clean) };
  });
  const stems = await stem(worded.flatMap(({ words }) => words.map(({ word }) => word)));
  const rows = worded.map(({ id, version, fields, words }, at) => ({
    id,
    version,
    removed: writes[at]!.fields === undefined,
    fields,
    terms: documentTerms(definition, fields, { words, stems }),
    facets: definition.facets.flatMap((field) =>
      valuesOf(fields[field]).map((value) => facetTerm(field, value)),
    ),
  }));
  const { documents } = tables;
  await sql.transaction(async (tx) => {
    await keepWords(
      tx,
      tables,
      [...stems].flatMap(([word, { swedish }]) => [word, swedish]),
    );
    await tx.rows(template`
      INSERT INTO ${documents} AS present (id, version, removed, fields, terms, facets)
      SELECT id, version, removed, fields, terms::tsvector, ARRAY(SELECT jsonb_array_elements_text(facets))
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS row(id text, version text, removed boolean, fields jsonb, terms text, facets jsonb)
      ON CONFLICT (id) DO UPDATE SET
        version = excluded.version, removed = excluded.removed, fields = excluded.fields, terms = excluded.terms,
        facets = excluded.facets
      WHERE present.version < excluded.version`);
  });
}

function cleanFields(fields: SearchDocument['fields']): SearchDocument['fields'] {
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => {
      if (typeof value === 'string') return [field, cleanText(value)];
      return [field, Array.isArray(value) ? value.map(cleanText) : value];
    }),
  );
}
