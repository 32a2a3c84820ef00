import { valuesOf } from '../check-search.ts';
import type { IndexDefinition, SearchDocument } from '../search.ts';
import { endsOf, foldCode, wordsOf } from '../words.ts';
import { lexeme } from './lexeme.ts';
import type { Stems } from './stem-words.ts';

const MAX_TERMS = 4_000;
/** PostgreSQL keeps no position beyond this one. */
const MAX_POSITION = 16_383;

/** A document's words with the weight of their field, those of heavier fields first. */
export interface WeightedWord {
  word: string;
  weight: 'A' | 'B' | 'C' | 'D';
}

export function documentWords(
  { text, codes }: IndexDefinition,
  fields: SearchDocument['fields'],
): WeightedWord[] {
  const weighted = Object.entries(text).sort(([, a], [, b]) => (a < b ? -1 : 1));
  const partsOfCodes = codes.map((field) => [field, 'D'] as const);
  return [...weighted, ...partsOfCodes].flatMap(([field, weight]) =>
    valuesOf(fields[field]).flatMap((value) => wordsOf(value).map((word) => ({ word, weight }))),
  );
}

/** All under which a document is found, as PostgreSQL's text of a tsvector. */
export function documentTerms(
  { codes }: IndexDefinition,
  fields: SearchDocument['fields'],
  { words, stems }: { words: readonly WeightedWord[]; stems: ReadonlyMap<string, Stems> },
): string {
  const terms = new Map<string, string>();
  const add = (term: string, place: string) => {
    if (!terms.has(term) && terms.size < MAX_TERMS) terms.set(term, place);
  };
  for (const code of codes.flatMap((field) => valuesOf(fields[field])))
    add(lexeme.code(foldCode(code)), '1A');
  words.forEach(({ word, weight }, at) => {
    const place = `${Math.min(at + 1, MAX_POSITION)}${weight}`;
    const { swedish, english } = stems.get(word)!;
    add(lexeme.whole(word), place);
    add(lexeme.english(english), place);
    for (const end of endsOf(word)) add(lexeme.end(end), place);
    for (const end of endsOf(swedish)) add(lexeme.swedish(end), place);
  });
  return [...terms].map(([term, place]) => `${term}:${place}`).join(' ');
}
