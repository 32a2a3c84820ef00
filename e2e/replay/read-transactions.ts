import { createReadStream } from 'node:fs';
import { parseMinor } from '@butik/domain/money/money';
import { parse } from 'csv-parse';
import { z } from 'zod';

const COLUMNS = z.object({
  InvoiceNo: z.string().min(1),
  StockCode: z.string().min(1),
  Description: z.string(),
  Quantity: z.string(),
  UnitPrice: z.string(),
});

/** One thing to do at a till: an invoice's sold lines, or its returned lines. Quantities are positive. */
export interface ReplayOperation {
  kind: 'sale' | 'return';
  /** The invoice number; a return within an invoice that also sells gets `/R`. */
  reference: string;
  lines: { code: string; quantity: number; unitPriceMinor: number }[];
}

export interface Transactions {
  invoices: number;
  operations: ReplayOperation[];
  /** What the transactions sell, by `productKey`, with the first name and price seen. */
  products: Map<string, { code: string; name: string; unitPriceMinor: number }>;
  /** Lines that cannot be sold, by reason; nothing is dropped silently. */
  skipped: Map<string, SkippedLine[]>;
}

export interface SkippedLine {
  file: string;
  row: number;
  invoice: string;
  code: string;
}

/** Reads invoices from CSV files (UCI Online Retail columns), in the order of the files and rows. */
export async function readTransactions(files: readonly string[], currency: string): Promise<Transactions> {
  const invoices = new Map<string, { sale: ReplayOperation; return: ReplayOperation }>();
  const result: Transactions = { invoices: 0, operations: [], products: new Map(), skipped: new Map() };
  for (const file of files) {
    let row = 1;
    for await (const record of createReadStream(file).pipe(parse({ columns: true, bom: true }))) {
      row += 1;
      const parsed = COLUMNS.safeParse(record);
      if (!parsed.success) {
        skip(result, 'row is malformed', {
          file,
          row,
          invoice: record.InvoiceNo ?? '',
          code: record.StockCode ?? '',
        });
        continue;
      }
      const { InvoiceNo: invoice, StockCode: code } = parsed.data;
      if (!invoices.has(invoice)) {
        invoices.set(invoice, {
          sale: { kind: 'sale', reference: invoice, lines: [] },
          return: { kind: 'return', reference: `${invoice}/R`, lines: [] },
        });
      }
      const line = readLine(parsed.data, currency);
      if (typeof line === 'string') {
        skip(result, line, { file, row, invoice, code });
        continue;
      }
      const isReturn = invoice.startsWith('C') || line.quantity < 0;
      invoices.get(invoice)?.[isReturn ? 'return' : 'sale'].lines.push({
        code,
        quantity: Math.abs(line.quantity),
        unitPriceMinor: line.unitPriceMinor,
      });
      const key = productKey(code);
      if (!result.products.has(key)) {
        const name = parsed.data.Description.trim() || code;
        result.products.set(key, { code, name, unitPriceMinor: line.unitPriceMinor });
      }
    }
  }
  result.invoices = invoices.size;
  for (const invoice of invoices.values()) {
    if (invoice.sale.lines.length > 0) result.operations.push(invoice.sale);
    if (invoice.return.lines.length > 0) result.operations.push(invoice.return);
  }
  return result;
}

/** A product has one code in any case of its letters: the files write both 15056BL and 15056bl. */
export function productKey(code: string): string {
  return code.toUpperCase();
}

/** The line's numbers, or why it cannot be sold. */
function readLine(
  row: z.infer<typeof COLUMNS>,
  currency: string,
): { quantity: number; unitPriceMinor: number } | string {
  const quantity = Number(row.Quantity);
  if (!Number.isSafeInteger(quantity)) return 'quantity is not a whole number';
  if (quantity === 0) return 'quantity is zero';
  let unitPriceMinor: number;
  try {
    unitPriceMinor = parseMinor(row.UnitPrice, currency);
  } catch {
    return 'price is not an amount in minor units';
  }
  if (unitPriceMinor === 0) return 'price is zero';
  if (unitPriceMinor < 0) return 'price is negative';
  return { quantity, unitPriceMinor };
}

function skip(result: Transactions, reason: string, line: SkippedLine): void {
  result.skipped.set(reason, [...(result.skipped.get(reason) ?? []), line]);
}
