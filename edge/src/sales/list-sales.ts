import { formatReceiptNumber } from '@butik/domain/receipts/receipt-number';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { Database } from 'better-sqlite3';
import type { SaleSummary } from './sale.ts';

type Row = Omit<SaleSummary, 'receipt' | 'reference'> & {
  till: string;
  epoch: number;
  number: number;
  journalHash: string;
  reference: string | null;
};

/** The till's sales, newest receipt first, those before a receipt (its text) when one is given. */
export type ListSales = (page: { limit: number; before?: string | undefined }) => SaleSummary[];

const RECEIPT_TEXT = /^(.{1,32})-([0-9]{1,9})-([0-9]{1,15})$/;
const AFTER_ALL = { epoch: Number.MAX_SAFE_INTEGER, number: Number.MAX_SAFE_INTEGER };

export function createListSales(db: Database, till: string): ListSales {
  const page = db.prepare<[string, number, number, number], Row>(
    `SELECT sale_id AS saleId, kind, till, epoch, receipt_number AS number, journal_hash AS journalHash,
       sold_at AS soldAt, business_day AS businessDay, currency, reference, total_minor AS totalMinor,
       payable_minor AS payableMinor,
       (SELECT count(*) FROM sale_lines WHERE sale_lines.sale_id = sales.sale_id) AS lines
     FROM sales WHERE till = ? AND (epoch, receipt_number) < (?, ?)
     ORDER BY epoch DESC, receipt_number DESC LIMIT ?`,
  );
  return ({ limit, before }) => {
    const from = before === undefined ? AFTER_ALL : readReceiptText(before, till);
    return page.all(till, from.epoch, from.number, limit).map(summaryOf);
  };
}

function summaryOf({ till, epoch, number, journalHash, reference, ...rest }: Row): SaleSummary {
  const text = formatReceiptNumber({ till, epoch, number });
  return {
    ...rest,
    receipt: { till, epoch, number, journalHash, text },
    ...(reference !== null && { reference }),
  };
}

function readReceiptText(text: string, till: string): { epoch: number; number: number } {
  const match = RECEIPT_TEXT.exec(text);
  if (match === null || match[1] !== till) {
    throw new ButikError('REQUEST_INVALID', {
      message: `“${text}” is not a receipt of till ${till}.`,
      details: { fields: [{ path: 'query.before', message: 'is not a receipt of this till' }] },
    });
  }
  return { epoch: Number(match[2]), number: Number(match[3]) };
}
