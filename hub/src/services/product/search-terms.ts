/** Shorter parts of a word are not worth finding, and longer ones than this are found by their beginning. */
const MIN_PART = 3;
const MAX_WORD = 40;
const MAX_TERMS = 400;
const MAX_QUERY_WORDS = 8;

/**
 * The terms under which a product is found: its words and every end of a word, since Swedish writes
 * compounds as one word and a search for “mjölk” must find “lättmjölk”. Each is matched by its beginning.
 */
export function indexTerms(texts: readonly string[], code: string): string[] {
  const terms = new Set<string>([code.toLowerCase(), ...wordsOf(code)]);
  for (const word of texts.flatMap(wordsOf)) {
    const letters = [...word].slice(0, MAX_WORD);
    terms.add(letters.join(''));
    for (let from = 1; from <= letters.length - MIN_PART; from++) terms.add(letters.slice(from).join(''));
  }
  return [...terms].slice(0, MAX_TERMS);
}

/** A search as PostgreSQL's tsquery: all words, each by its beginning; null when there is nothing to look for. */
export function searchQuery(text: string): string | null {
  const words = wordsOf(text).slice(0, MAX_QUERY_WORDS);
  return words.length === 0 ? null : words.map((word) => `'${word.slice(0, MAX_WORD)}':*`).join(' & ');
}

/** Letters and digits only, so that a word needs no quoting anywhere. */
function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}
