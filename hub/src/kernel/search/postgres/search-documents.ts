import { type SQL, sql as template } from 'drizzle-orm';
import type { Sql } from '../../sql/sql.ts';
import { MAX_FACET_VALUES } from '../check-search.ts';
import type { SearchQuery, SearchResult } from '../search.ts';
import { foldCode, MIN_END_BEGINNING, queryWords } from '../words.ts';
import type { IndexTables } from './index-tables.ts';
import { lexeme } from './lexeme.ts';
import type { Stemmer, Stems } from './stem-words.ts';
import { meantWords } from './words-table.ts';

/** Looks for all words as they are typed, and only where that finds nothing, for what they may have meant. */
export async function searchDocuments(
  sql: Sql,
  { tables, stem, query }: { tables: IndexTables; stem: Stemmer; query: SearchQuery },
): Promise<SearchResult> {
  if (query.text.trim() === '') return await readPage(sql, tables, query, EVERYTHING);
  const words = queryWords(query.text);
  const stems = await stem(words);
  const clauses = words.map((word) => alternatives(word, stems.get(word)!));
  const folded = foldCode(query.text);
  if (folded === '') return await readPage(sql, tables, query, NOTHING);
  const code = lexeme.code(folded);
  const typed = await readPage(sql, tables, query, matching(code, words, clauses));
  if (typed.total > 0 || words.length === 0) return typed;
  const forgiving = await Promise.all(
    words.map(async (word, at) => {
      const spellings = new Set([word, stems.get(word)!.swedish]);
      const meant = await Promise.all([...spellings].map((spelling) => meantWords(sql, tables, spelling)));
      return [
        ...clauses[at]!,
        ...meant.flat().flatMap((other) => [lexeme.whole(other), lexeme.swedish(other)]),
      ];
    }),
  );
  const meansMore = forgiving.some((clause, at) => clause.length > clauses[at]!.length);
  return meansMore ? await readPage(sql, tables, query, matching(code, words, forgiving)) : typed;
}

/** The terms of which one is enough for a word as it is typed. */
function alternatives(word: string, { swedish, english }: Stems): string[] {
  const end = lexeme.end(word);
  const beginning = [...word].length >= MIN_END_BEGINNING ? `${end}:*` : end;
  const whole = lexeme.whole(word);
  return [whole, `${whole}:*`, beginning, lexeme.swedish(swedish), lexeme.english(english)];
}

interface Matching {
  where: SQL;
  score: SQL;
}

const EVERYTHING: Matching = { where: template`true`, score: template`0::float8` };
const NOTHING: Matching = { ...EVERYTHING, where: template`false` };

/** Exact codes before codes that begin so, before all words exactly, before the rest; each by the rank of its words. */
function matching(code: string, words: readonly string[], clauses: readonly string[][]): Matching {
  const all = clauses.map((clause) => `(${clause.join(' | ')})`).join(' & ');
  const query = words.length === 0 ? `${code}:*` : `${code}:* | (${all})`;
  const exactly = words.length === 0 ? code : words.map(lexeme.whole).join(' & ');
  return {
    where: template`terms @@ ${query}::tsquery`,
    // 1: longer documents count less; 32: the rank stays below 1, so that it never outdoes a step.
    score: template`(CASE WHEN terms @@ ${code}::tsquery THEN 3 WHEN terms @@ ${`${code}:*`}::tsquery THEN 2
      WHEN terms @@ ${exactly}::tsquery THEN 1 ELSE 0 END + ts_rank(terms, ${query}::tsquery, 1 | 32))::float8`,
  };
}

async function readPage(
  sql: Sql,
  { documents }: IndexTables,
  { filters = {}, facets = [], limit, offset = 0 }: SearchQuery,
  { where, score }: Matching,
): Promise<SearchResult> {
  const conditions = Object.entries(filters).map(
    ([field, values]) => template`facets && ${texts(values.map((value) => facetTerm(field, String(value))))}`,
  );
  const [row] = await sql.rows<Omit<SearchResult, 'facets'> & { facets: FacetCount[] }>(template`
    WITH found AS MATERIALIZED (
      SELECT id, facets, ${score} AS score FROM ${documents}
      WHERE NOT removed AND ${template.join([where, ...conditions], template` AND `)}
    ), page AS (
      SELECT id, score FROM found ORDER BY score DESC, id LIMIT ${limit} OFFSET ${offset}
    ), counted AS (
      SELECT facet, count(*)::integer AS count, row_number() OVER (
        PARTITION BY split_part(facet, '=', 1) ORDER BY count(*) DESC, facet COLLATE "C") AS place
      FROM found, unnest(found.facets) AS facet
      WHERE split_part(facet, '=', 1) = ANY (${texts(facets)}) GROUP BY facet
    )
    SELECT (SELECT count(*)::integer FROM found) AS total,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'score', page.score, 'fields', documents.fields)
        ORDER BY page.score DESC, id), '[]') FROM page JOIN ${documents} AS documents USING (id)) AS hits,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('facet', facet, 'count', count) ORDER BY place), '[]')
        FROM counted WHERE place <= ${MAX_FACET_VALUES}) AS facets`);
  const counts = facets.map((field) => [field, countsOf(field, row!.facets)] as const);
  return { hits: row!.hits, total: row!.total, facets: Object.fromEntries(counts) };
}

interface FacetCount {
  facet: string;
  count: number;
}

/** A facet's value as the table keeps it. */
export function facetTerm(field: string, value: string): string {
  return `${field}=${value}`;
}

function countsOf(field: string, counts: readonly FacetCount[]): { value: string; count: number }[] {
  const start = facetTerm(field, '');
  return counts
    .filter(({ facet }) => facet.startsWith(start))
    .map(({ facet, count }) => ({ value: facet.slice(start.length), count }));
}

function texts(values: readonly string[]): SQL {
  return template`ARRAY(SELECT jsonb_array_elements_text(${JSON.stringify(values)}::jsonb))`;
}
