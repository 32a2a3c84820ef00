import { setImmediate as nextTurn } from 'node:timers/promises';
import { type SearchIndex, withoutDiacritics } from './search-index.ts';

/** How well a product fits, best first: only the names within one rank are put in order of name. */
const RANKS = ['code', 'code prefix', 'start of name', 'start of words', 'within words'] as const;
const CODE = 0;
const CODE_PREFIX = 1;
const NAME_START = 2;
const WORD_START = 3;
const WITHIN = 4;

const MAX_WORDS = 8;
/** Rows looked at before sales get their turn: a millisecond or two. */
const ROWS_PER_TURN = 5_000;

/**
 * Ids of the products that have every word of the text in their name, or a code that begins with it, best
 * first. Letters with diacritics mean themselves; plain letters match either. An empty text lists by name.
 */
export async function searchProducts(index: SearchIndex, text: string, limit: number): Promise<string[]> {
  const query = text.trim().toLowerCase();
  if (query === '') return index.ids.slice(0, limit);
  const names = query === withoutDiacritics(query) ? index.plainNames : index.names;
  const words = query.split(/\s+/).slice(0, MAX_WORDS);
  const found: number[][] = RANKS.map(() => []);
  for (let row = 0; row < names.length; row += 1) {
    if (row % ROWS_PER_TURN === ROWS_PER_TURN - 1) await nextTurn();
    const rank = rankOf(index.codes[row]!, names[row]!, query, words);
    if (rank !== null && found[rank]!.length < limit) found[rank]!.push(row);
  }
  return found
    .flat()
    .slice(0, limit)
    .map((row) => index.ids[row]!);
}

function rankOf(code: string, name: string, query: string, words: readonly string[]): number | null {
  if (code.startsWith(query)) return code.length === query.length ? CODE : CODE_PREFIX;
  let rank = NAME_START;
  for (const word of words) {
    const at = name.indexOf(word);
    if (at < 0) return null;
    if (at > 0 && rank < WITHIN) rank = startsWord(name, word, at) ? Math.max(rank, WORD_START) : WITHIN;
  }
  return name.startsWith(query) ? NAME_START : Math.max(rank, WORD_START);
}

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

function startsWord(name: string, word: string, first: number): boolean {
  for (let at = first; at >= 0; at = name.indexOf(word, at + 1)) {
    if (at === 0 || !LETTER_OR_DIGIT.test(name[at - 1]!)) return true;
  }
  return false;
}
