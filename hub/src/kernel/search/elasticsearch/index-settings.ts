import type { estypes } from '@elastic/elasticsearch';
import type { IndexDefinition } from '../search.ts';
import { MIN_END } from '../words.ts';

const LONGEST_WORD = 40;

/**
 * The words come folded and parted by spaces, so that both engines mean the same by a word; the stems are
 * Elasticsearch's own. One shard, since facet counts over several are only near the truth.
 */
export const INDEX_SETTINGS: estypes.IndicesIndexSettings = {
  number_of_shards: 1,
  analysis: {
    filter: {
      ends: { type: 'edge_ngram', min_gram: MIN_END, max_gram: LONGEST_WORD, preserve_original: true },
      swedish_stem: { type: 'stemmer', language: 'swedish' },
      english_stem: { type: 'stemmer', language: 'porter2' },
    },
    analyzer: {
      words: { type: 'custom', tokenizer: 'whitespace', filter: [] },
      word_ends: { type: 'custom', tokenizer: 'whitespace', filter: ['reverse', 'ends', 'reverse'] },
      swedish_stems: { type: 'custom', tokenizer: 'whitespace', filter: ['swedish_stem'] },
      swedish_ends: {
        type: 'custom',
        tokenizer: 'whitespace',
        filter: ['swedish_stem', 'reverse', 'ends', 'reverse'],
      },
      english_stems: { type: 'custom', tokenizer: 'whitespace', filter: ['english_stem'] },
    },
  },
};

/** What is in `_meta` of an index: whether the service has put all there is. */
export interface IndexMeta {
  filled: boolean;
}

export function indexMappings({ text, facets }: IndexDefinition): estypes.MappingTypeMapping {
  const words = Object.keys(text).map((field) => [field, WORDS] as const);
  const values = facets.map((field) => [field, KEYWORD] as const);
  return {
    dynamic: false,
    _meta: { filled: false } satisfies IndexMeta,
    properties: {
      id: KEYWORD,
      version: { type: 'keyword', index: false, doc_values: false },
      removed: { type: 'boolean' },
      fields: { type: 'object', enabled: false },
      codes: KEYWORD,
      code_words: { type: 'text', analyzer: 'words' },
      text: { properties: Object.fromEntries(words) },
      facets: { properties: Object.fromEntries(values) },
    },
  };
}

const KEYWORD: estypes.MappingProperty = { type: 'keyword' };
const WORDS: estypes.MappingProperty = {
  type: 'text',
  analyzer: 'words',
  fields: {
    ends: { type: 'text', analyzer: 'word_ends', search_analyzer: 'words' },
    swedish: { type: 'text', analyzer: 'swedish_ends', search_analyzer: 'swedish_stems' },
    english: { type: 'text', analyzer: 'english_stems' },
  },
};
