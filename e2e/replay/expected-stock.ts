/** What must be on hand in a shop: what it received, less the pieces that the files say left it. */
export function expectedStock(
  opening: ReadonlyMap<string, number>,
  pieces: ReadonlyMap<string, number>,
): Map<string, number> {
  const stock = new Map(opening);
  for (const [code, count] of pieces) stock.set(code, (stock.get(code) ?? 0) - count);
  return stock;
}

/** Codes whose quantity is not the same in all books; a code that a book does not have counts as none. */
export function stockMismatches(...books: readonly ReadonlyMap<string, number>[]): string[] {
  const codes = new Set(books.flatMap((book) => [...book.keys()]));
  return [...codes].filter((code) => new Set(books.map((book) => book.get(code) ?? 0)).size > 1);
}
