const MAX_TEXT = 20_000;
const MAX_WORDS = 500;
const MAX_WORD = 40;
const MAX_QUERY_WORDS = 8;
const MAX_CODE = 200;
/** The shortest end of a compound that is a word of its own: öl, te. */
export const MIN_END = 2;
/** From here on the beginning of an end is enough; of fewer letters it would be found everywhere. */
export const MIN_END_BEGINNING = 3;

/** Words that say nothing of what is sought, where there are others beside them. */
const SMALL_WORDS = new Set(
  'och eller i på av med utan en ett den det för till från som the and or of in on with for to a an'.split(
    ' ',
  ),
);

/** The words of a text in their order: letters and digits only, so that a word needs no quoting anywhere. */
export function wordsOf(text: string): string[] {
  const words = fold(text.slice(0, MAX_TEXT)).match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.slice(0, MAX_WORDS).map((word) => [...word].slice(0, MAX_WORD).join(''));
}

/** The words that a document must have, each once, without the small words unless there are no others. */
export function queryWords(text: string): string[] {
  const words = [...new Set(wordsOf(text))];
  const telling = words.filter((word) => !SMALL_WORDS.has(word));
  return (telling.length > 0 ? telling : words).slice(0, MAX_QUERY_WORDS);
}

/** The ends of a word, itself among them: Swedish writes compounds as one word, and mjölk must find lättmjölk. */
export function endsOf(word: string): string[] {
  const letters = [...word];
  const ends = [];
  for (let from = 0; from <= letters.length - MIN_END; from++) ends.push(letters.slice(from).join(''));
  return ends;
}

/** A code in the form in which codes are compared: in any case of its letters. */
export function foldCode(code: string): string {
  return cleanText(code.slice(0, MAX_CODE)).normalize('NFC').trim().toLowerCase();
}

/** Without what a store cannot keep: the null character and halves of surrogate pairs. */
export function cleanText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

/** Lower case without accents; å, ä and ö are letters of their own. */
function fold(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^åäö]/gu, (letter) => letter.normalize('NFD').replace(/\p{M}/gu, ''));
}
