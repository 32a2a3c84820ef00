import { sql as template } from 'drizzle-orm';
import type { Sql, SqlTx } from '../../sql/sql.ts';
import { forgivenErrors, MAX_MEANT_WORDS, typingErrors } from '../typing-errors.ts';
import type { IndexTables } from './index-tables.ts';

/** No mistyped word has fewer letters, and none has one error less than that. */
const MIN_WORD = 3;
const MAX_CANDIDATES = 500;

/** Remembers the words of documents for those who mistype them. Words are never forgotten: one of no document finds none. */
export async function keepWords(tx: SqlTx, { words }: IndexTables, found: Iterable<string>): Promise<void> {
  const kept = [...new Set(found)]
    .filter((word) => word.length >= MIN_WORD && !/^\p{N}+$/u.test(word))
    .sort();
  if (kept.length === 0) return;
  const rows = kept.map((word) => ({ word, trigrams: trigramsOf(word) }));
  await tx.rows(template`
    INSERT INTO ${words} (word, trigrams)
    SELECT word, ARRAY(SELECT jsonb_array_elements_text(trigrams))
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS row(word text, trigrams jsonb)
    ON CONFLICT DO NOTHING`);
}

/** The words of the index that a mistyped one may have meant, the likeliest first. */
export async function meantWords(sql: Sql, { words }: IndexTables, mistyped: string): Promise<string[]> {
  const errors = forgivenErrors(mistyped);
  if (errors === 0) return [];
  const { length } = [...mistyped];
  const candidates = await sql.rows<{ word: string }>(template`
    WITH sought AS (
      SELECT ARRAY(SELECT jsonb_array_elements_text(${JSON.stringify(trigramsOf(mistyped))}::jsonb)) AS trigrams)
    SELECT word FROM ${words} AS kept, sought
    WHERE kept.trigrams && sought.trigrams AND char_length(word) BETWEEN ${length - errors} AND ${length + errors}
    ORDER BY (SELECT count(*) FROM unnest(kept.trigrams) AS one WHERE one = ANY (sought.trigrams)) DESC, word
    LIMIT ${MAX_CANDIDATES}`);
  return candidates
    .map(({ word }) => ({ word, errors: typingErrors(mistyped, word) }))
    .filter((candidate) => candidate.errors <= errors)
    .sort((a, b) => a.errors - b.errors)
    .slice(0, MAX_MEANT_WORDS)
    .map(({ word }) => word);
}

/** Each three letters in a row, with the beginning and the end of the word counted as letters. */
function trigramsOf(word: string): string[] {
  const letters = ['<', '<', ...word, '>'];
  return [...new Set(letters.slice(2).map((_, at) => letters.slice(at, at + 3).join('')))];
}
