import type { estypes } from '@elastic/elasticsearch';
import { MAX_FACET_VALUES } from '../check-search.ts';
import type { IndexDefinition, SearchQuery } from '../search.ts';
import { FORGIVEN, MAX_MEANT_WORDS } from '../typing-errors.ts';
import { foldCode, MIN_END_BEGINNING, queryWords } from '../words.ts';

type Query = estypes.QueryDslQueryContainer;

/** Each word that may have been meant is a clause, and Elasticsearch takes a thousand or so in one search. */
const FUZZY = {
  fuzziness: `AUTO:${FORGIVEN.oneFrom},${FORGIVEN.twoFrom}`,
  max_expansions: MAX_MEANT_WORDS,
};
/** How much a match in a field of a weight counts; a step below outdoes all words together. */
const FIELD_BOOST = { A: 8, B: 4, C: 2, D: 1 } as const;
const STEP = { exactCode: 3_000, codeBeginning: 2_000, wholeWords: 1_000 } as const;

const MOST_FREQUENT: estypes.AggregationsAggregateOrder = [{ _count: 'desc' }, { _key: 'asc' }];
const BEST_FIRST: estypes.Sort = [{ _score: { order: 'desc' } }, { id: { order: 'asc' } }];

/** The search for all words of a query; with `forgiving`, for what they may have meant too. */
export function searchRequest(
  definition: IndexDefinition,
  query: SearchQuery,
  forgiving: boolean,
): Omit<estypes.SearchRequest, 'index'> {
  const { filters = {}, facets = [], limit, offset = 0 } = query;
  const conditions: Query[] = Object.entries(filters).map(([field, values]) => ({
    terms: { [`facets.${field}`]: values.map(String) },
  }));
  const counted = facets.map((field): [string, estypes.AggregationsAggregationContainer] => [
    field,
    { terms: { field: `facets.${field}`, size: MAX_FACET_VALUES, order: MOST_FREQUENT } },
  ]);
  return {
    query: {
      bool: {
        filter: [{ term: { removed: false } }, ...conditions],
        ...matching(definition, query.text, forgiving),
      },
    },
    aggs: Object.fromEntries(counted),
    sort: BEST_FIRST,
    from: offset,
    size: limit,
    track_total_hits: true,
    _source: ['fields'],
  };
}

function matching(
  definition: IndexDefinition,
  text: string,
  forgiving: boolean,
): { must?: Query; should?: Query[] } {
  if (text.trim() === '') return {};
  const code = foldCode(text);
  if (code === '') return { must: { match_none: {} } };
  const words = queryWords(text);
  const beginsCode: Query = { prefix: { codes: code } };
  const hasWords: Query[] =
    words.length === 0
      ? []
      : [{ bool: { must: words.map((word) => wordQuery(definition, word, forgiving)) } }];
  return {
    must: { bool: { should: [constant(beginsCode, 1), ...hasWords], minimum_should_match: 1 } },
    should: [
      constant({ term: { codes: code } }, STEP.exactCode),
      constant(beginsCode, STEP.codeBeginning),
      ...(words.length === 0 ? [] : [constant(wholeWords(definition, words), STEP.wholeWords)]),
    ],
  };
}

/** One word in any field: as it is written, by its stems, its beginning, the end of a compound. The best counts. */
function wordQuery({ text }: IndexDefinition, word: string, forgiving: boolean): Query {
  const beginning = [...word].length >= MIN_END_BEGINNING;
  const queries = Object.entries(text).flatMap(([name, weight]) => {
    const field = `text.${name}`;
    const boost = FIELD_BOOST[weight];
    const end: Query = beginning
      ? { prefix: { [`${field}.ends`]: word } }
      : { term: { [`${field}.ends`]: word } };
    const fuzzy: Query[] = forgiving
      ? [
          constant({ fuzzy: { [field]: { value: word, ...FUZZY } } }, boost),
          constant({ match: { [`${field}.swedish`]: { query: word, ...FUZZY } } }, boost),
        ]
      : [];
    return [
      constant({ term: { [field]: word } }, 4 * boost),
      constant({ match: { [`${field}.swedish`]: { query: word } } }, 3 * boost),
      constant({ match: { [`${field}.english`]: { query: word } } }, 3 * boost),
      constant({ prefix: { [field]: word } }, 2 * boost),
      constant(end, 2 * boost),
      ...fuzzy,
    ];
  });
  return { dis_max: { queries: [...queries, constant({ prefix: { code_words: word } }, 1)] } };
}

function wholeWords({ text }: IndexDefinition, words: readonly string[]): Query {
  const fields = [...Object.keys(text).map((name) => `text.${name}`), 'code_words'];
  const anywhere = (word: string): Query => ({
    bool: { should: fields.map((field) => ({ term: { [field]: word } })), minimum_should_match: 1 },
  });
  return { bool: { must: words.map(anywhere) } };
}

/** A part of the score that does not depend on how frequent a word is in the index. */
function constant(filter: Query, boost: number): Query {
  return { constant_score: { filter, boost } };
}
