import { formatReceiptNumber } from '@butik/domain/receipts/receipt-number';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { SaleLine } from '@butik/proto/facts/sale-recorded';
import type { Database } from 'better-sqlite3';
import type { Sale } from './sale.ts';

interface SaleRow {
  saleId: string;
  kind: Sale['kind'];
  till: string;
  epoch: number;
  number: number;
  journalHash: string;
  soldAt: string;
  businessDay: string;
  currency: string;
  reference: string | null;
  originalSaleId: string | null;
  reason: string | null;
  totalMinor: number;
  roundingMinor: number;
  payableMinor: number;
  changeMinor: number;
}

type LineRow = Omit<SaleLine, 'overrideReason'> & { overrideReason: string | null };

export type FindSale = (saleId: string) => Sale;

/** Reads a sale as it was made. Throws SALE_NOT_FOUND. */
export function createFindSale(db: Database): FindSale {
  const sales = db.prepare<[string], SaleRow>(
    `SELECT sale_id AS saleId, kind, till, epoch, receipt_number AS number, journal_hash AS journalHash,
       sold_at AS soldAt, business_day AS businessDay, currency, reference, original_sale_id AS originalSaleId,
       reason, total_minor AS totalMinor, rounding_minor AS roundingMinor, payable_minor AS payableMinor,
       change_minor AS changeMinor
     FROM sales WHERE sale_id = ?`,
  );
  const lines = db.prepare<[string], LineRow>(
    `SELECT product_id AS productId, code, name, unit, quantity, list_price_minor AS listPriceMinor,
       unit_price_minor AS unitPriceMinor, override_reason AS overrideReason, vat_category AS vatCategory,
       rate_bp AS rateBp, amount_minor AS amountMinor
     FROM sale_lines WHERE sale_id = ? ORDER BY position`,
  );
  const vat = db.prepare<[string], Sale['vat'][number]>(
    `SELECT rate_bp AS rateBp, gross_minor AS grossMinor, net_minor AS netMinor, vat_minor AS vatMinor
     FROM sale_vat WHERE sale_id = ? ORDER BY position`,
  );
  const tenders = db.prepare<[string], Sale['tenders'][number]>(
    'SELECT type, amount_minor AS amountMinor FROM sale_tenders WHERE sale_id = ? ORDER BY position',
  );

  return (saleId) => {
    const row = sales.get(saleId);
    if (row === undefined) throw new ButikError('SALE_NOT_FOUND', { details: { saleId } });
    const { till, epoch, number, journalHash, reference, originalSaleId, reason, ...rest } = row;
    return {
      ...rest,
      receipt: { till, epoch, number, journalHash, text: formatReceiptNumber({ till, epoch, number }) },
      ...(reference !== null && { reference }),
      ...(originalSaleId !== null && { originalSaleId }),
      ...(reason !== null && { reason }),
      lines: lines.all(saleId).map(lineOf),
      vat: vat.all(saleId),
      tenders: tenders.all(saleId),
    };
  };
}

function lineOf({ overrideReason, ...line }: LineRow): SaleLine {
  return { ...line, ...(overrideReason !== null && { overrideReason }) };
}
