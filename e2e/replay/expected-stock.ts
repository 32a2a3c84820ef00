import { productKey, type ReplayOperation } from './read-transactions.ts';

/** What must be on hand in a shop: what it received, less what it sold, plus what came back. */
export function expectedStock(
  opening: ReadonlyMap<string, number>,
  operations: readonly ReplayOperation[],
): Map<string, number> {
  const stock = new Map(opening);
  for (const { kind, lines } of operations) {
    for (const { code, quantity } of lines) {
      const key = productKey(code);
      stock.set(key, (stock.get(key) ?? 0) + (kind === 'sale' ? -quantity : quantity));
    }
  }
  return stock;
}

/** Codes whose quantity is not the same in all books; a code that a book does not have counts as none. */
export function stockMismatches(...books: readonly ReadonlyMap<string, number>[]): string[] {
  const codes = new Set(books.flatMap((book) => [...book.keys()]));
  return [...codes].filter((code) => new Set(books.map((book) => book.get(code) ?? 0)).size > 1);
}
