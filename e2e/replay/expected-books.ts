import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';

/** What the file alone says the books must show: read again and summed by other code than the replay's. */
export interface ExpectedBooks {
  revenueMinor: number;
}

const PRICE = /^(\d+)(?:\.(\d{1,2})0*)?$/;

/**
 * Sums quantity × price over the rows of the files, exactly, in minor units of a currency with two
 * decimals. Rows whose price is zero, negative or finer than a minor unit count nothing.
 */
export async function expectedBooks(files: readonly string[]): Promise<ExpectedBooks> {
  let revenue = 0n;
  for (const file of files) {
    for await (const row of createReadStream(file).pipe(parse({ columns: true, bom: true }))) {
      const price = PRICE.exec(row.UnitPrice ?? '');
      if (!price || !/^-?\d+$/.test(row.Quantity ?? '') || !row.InvoiceNo || !row.StockCode) continue;
      const minor = BigInt(price[1] as string) * 100n + BigInt((price[2] ?? '').padEnd(2, '0'));
      const quantity = BigInt(row.Quantity);
      const returned = row.InvoiceNo.startsWith('C') || quantity < 0n;
      const pieces = quantity < 0n ? -quantity : quantity;
      revenue += minor * (returned ? -pieces : pieces);
    }
  }
  return { revenueMinor: Number(revenue) };
}
