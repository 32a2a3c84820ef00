import { valuesOf } from '../check-search.ts';
import type { IndexDefinition, SearchDocument } from '../search.ts';
import { foldCode, wordsOf } from '../words.ts';

/** A document as Elasticsearch keeps it. */
export interface DocumentSource {
  id: string;
  version: string;
  removed: boolean;
  fields: SearchDocument['fields'];
  codes: string[];
  code_words: string;
  /** Folded words, parted by spaces. */
  text: Record<string, string>;
  facets: Record<string, string[]>;
}

/**
 * What is written of a document. A removed one stays, without words, as a mark against older writes:
 * Elasticsearch itself forgets the version of a deleted document after a minute.
 */
export function documentSource(
  { text, codes, facets }: IndexDefinition,
  { id, version, fields }: Pick<SearchDocument, 'id' | 'version'> & Partial<SearchDocument>,
): DocumentSource {
  const present = fields ?? {};
  const codeValues = codes.flatMap((field) => valuesOf(present[field]));
  const words = (field: string) => valuesOf(present[field]).flatMap(wordsOf).join(' ');
  return {
    id,
    version,
    removed: fields === undefined,
    fields: present,
    codes: codeValues.map(foldCode),
    code_words: codeValues.flatMap(wordsOf).join(' '),
    text: Object.fromEntries(Object.keys(text).map((field) => [field, words(field)])),
    facets: Object.fromEntries(facets.map((field) => [field, valuesOf(present[field])])),
  };
}
