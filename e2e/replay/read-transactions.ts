import { parseMinor } from '@butik/domain/money/money';
import { z } from 'zod';
import { openCsv } from './open-csv.ts';

const COLUMNS = z.object({
  InvoiceNo: z.string().trim().min(1),
  StockCode: z.string().trim().min(1),
  Description: z.string().default(''),
  Quantity: z.string().trim(),
  UnitPrice: z.string().trim(),
});

/** A row with too many or too few columns is a row to be listed, not the end of the file. */
const FORM = {
  columns: true,
  bom: true,
  info: true,
  relax_column_count: true,
  skip_empty_lines: true,
} as const;

interface Parsed {
  record: Record<string, string | undefined>;
  /** `lines` is the line of the file that the row ends on, from 1. */
  info: { lines: number; error?: Error };
}

/** One thing to do at a till: an invoice's sold lines, or its returned lines. Quantities are positive. */
export interface ReplayOperation {
  kind: 'sale' | 'return';
  invoice: string;
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
  /** Line of the file, from 1 (the head). */
  row: number;
  invoice: string;
  code: string;
}

/** Reads invoices from CSV files (UCI Online Retail columns), in the order of the files and rows. */
export async function readTransactions(files: readonly string[], currency: string): Promise<Transactions> {
  const invoices = new Map<string, { sale: ReplayOperation; return: ReplayOperation }>();
  const result: Transactions = { invoices: 0, operations: [], products: new Map(), skipped: new Map() };
  for (const file of files) {
    for await (const { record, info } of openCsv(file, FORM) as AsyncIterable<Parsed>) {
      const row = info.lines;
      const parsed = COLUMNS.safeParse(record);
      if (!parsed.success || info.error) {
        const [invoice, code] = [record.InvoiceNo ?? '', record.StockCode ?? ''];
        skip(result, 'row is malformed', { file, row, invoice, code });
        continue;
      }
      const { InvoiceNo: invoice, StockCode: code } = parsed.data;
      if (!invoices.has(invoice)) {
        invoices.set(invoice, {
          sale: { kind: 'sale', invoice, reference: invoice, lines: [] },
          return: { kind: 'return', invoice, reference: `${invoice}/R`, lines: [] },
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
  const quantity = /^-?\d+([.,]0+)?$/.test(row.Quantity) ? Number.parseInt(row.Quantity, 10) : Number.NaN;
  if (!Number.isSafeInteger(quantity)) return 'quantity is not a whole number';
  if (quantity === 0) return 'quantity is zero';
  let unitPriceMinor: number;
  try {
    // Some exports write 2.550 for 2.55.
    unitPriceMinor = parseMinor(row.UnitPrice.replace(/([.,]\d{2})0+$/, '$1'), currency);
  } catch {
    return 'price is not an amount in minor units';
  }
  if (unitPriceMinor === 0) return 'price is zero';
  if (unitPriceMinor < 0) return 'price is negative';
  return { quantity, unitPriceMinor };
}

function skip(result: Transactions, reason: string, line: SkippedLine): void {
  const lines = result.skipped.get(reason);
  if (lines) lines.push(line);
  else result.skipped.set(reason, [line]);
}
