import { sql as template } from 'drizzle-orm';
import type { Sql } from '../../sql/sql.ts';

export interface Stems {
  swedish: string;
  english: string;
}
export type Stemmer = (words: Iterable<string>) => Promise<ReadonlyMap<string, Stems>>;

/** Words whose stems are remembered; the catalogue of a large chain has some ten thousand. */
const MAX_REMEMBERED = 20_000;

/** Finds the stems of words by PostgreSQL's own dictionaries. A word that they leave out stays as it is. */
export function openStemmer(sql: Sql): Stemmer {
  const remembered = new Map<string, Stems>();
  return async (words) => {
    const stems = new Map<string, Stems>();
    const asked: string[] = [];
    for (const word of new Set(words)) {
      const known = remembered.get(word);
      if (known) stems.set(word, known);
      else asked.push(word);
    }
    if (asked.length === 0) return stems;
    const rows = await sql.rows<{ word: string } & Stems>(template`
      SELECT word, coalesce((ts_lexize('swedish_stem', word))[1], word) AS swedish,
        coalesce((ts_lexize('english_stem', word))[1], word) AS english
      FROM jsonb_array_elements_text(${JSON.stringify(asked)}::jsonb) AS word`);
    if (remembered.size + rows.length > MAX_REMEMBERED) remembered.clear();
    for (const { word, swedish, english } of rows) {
      stems.set(word, { swedish, english });
      remembered.set(word, { swedish, english });
    }
    return stems;
  };
}
