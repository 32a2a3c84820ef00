/** The kinds of terms that a document has in its tsvector, told apart by their first sign. A word has letters and digits only. */
export const lexeme = {
  code: (code: string) => quote(`#${code}`),
  /** The word as it is written; found by its beginning, too. */
  whole: (word: string) => quote(`=${word}`),
  /** An end of a word. */
  end: (end: string) => quote(`-${end}`),
  /** An end of the stem of a Swedish word. */
  swedish: (stem: string) => quote(`~${stem}`),
  english: (stem: string) => quote(`+${stem}`),
};

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '$&$&')}'`;
}
