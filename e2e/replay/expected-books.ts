import { openCsv } from './open-csv.ts';
import { shopOfInvoice } from './shop-of-invoice.ts';

/** What the files alone say the books must show: read again and summed by other code than the replay's. */
export interface ExpectedBooks {
  revenueMinor: number;
  /** By shop, the pieces that left it (negative: that came back) by code in upper case. */
  pieces: Map<string, number>[];
}

// Zeros after the last minor unit, or after a whole number of pieces, change nothing: 2.550, 6.0.
const PRICE = /^(\d+)(?:[.,](\d{1,2})0*)?$/;
const QUANTITY = /^(-?)(\d+)(?:[.,]0+)?$/;

/**
 * Sums quantity × price over the rows of the files, exactly, in minor units of a currency with two
 * decimals, and the pieces by shop. A row counts nothing when its columns are too many or too few, its
 * invoice or code is missing, its quantity is zero or in fractions, or its price is zero, negative or
 * finer than a minor unit.
 */
export async function expectedBooks(files: readonly string[], shops: number): Promise<ExpectedBooks> {
  let revenue = 0n;
  const pieces = Array.from({ length: shops }, () => new Map<string, number>());
  for (const file of files) {
    let columns: string[] | undefined;
    const form = { bom: true, relax_column_count: true, skip_empty_lines: true };
    for await (const cells of openCsv(file, form) as AsyncIterable<string[]>) {
      if (!columns) {
        columns = cells;
        continue;
      }
      if (cells.length !== columns.length) continue;
      const cell = (name: string) => cells[columns?.indexOf(name) ?? -1]?.trim() ?? '';
      const [invoice, code] = [cell('InvoiceNo'), cell('StockCode').toUpperCase()];
      const price = PRICE.exec(cell('UnitPrice'));
      const quantity = QUANTITY.exec(cell('Quantity'));
      if (!price || !quantity || !invoice || !code) continue;
      const minor = BigInt(price[1] as string) * 100n + BigInt((price[2] ?? '').padEnd(2, '0'));
      if (minor === 0n) continue;
      const returned = invoice.startsWith('C') || quantity[1] === '-';
      const count = Number(quantity[2]);
      revenue += minor * BigInt(returned ? -count : count);
      const ofShop = pieces[shopOfInvoice(invoice, shops)] as Map<string, number>;
      if (count > 0) ofShop.set(code, (ofShop.get(code) ?? 0) + (returned ? -count : count));
    }
  }
  return { revenueMinor: Number(revenue), pieces };
}
