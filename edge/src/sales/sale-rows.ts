import type { SaleLine } from '@butik/proto/facts/sale-recorded';
import type { Database } from 'better-sqlite3';
import type { Sale } from './sale.ts';

type Value = string | number | null;

/** Writes the rows of a sale; the ledgers are append-only, so there is no other way to change them. */
export function createSaleInserter(db: Database): (sale: Sale) => void {
  const sales = db.prepare<Value[]>(
    `INSERT INTO sales (sale_id, kind, till, epoch, receipt_number, journal_hash, sold_at, business_day, currency,
       reference, original_sale_id, reason, total_minor, rounding_minor, payable_minor, change_minor)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const lines = db.prepare<Value[]>(
    `INSERT INTO sale_lines (sale_id, position, product_id, code, name, unit, quantity, list_price_minor,
       unit_price_minor, override_reason, vat_category, rate_bp, amount_minor)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const vat = db.prepare<Value[]>(
    'INSERT INTO sale_vat (sale_id, position, rate_bp, gross_minor, net_minor, vat_minor) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const tenders = db.prepare<Value[]>(
    'INSERT INTO sale_tenders (sale_id, position, type, amount_minor) VALUES (?, ?, ?, ?)',
  );

  return (sale) => {
    const { saleId, receipt } = sale;
    sales.run(
      saleId,
      sale.kind,
      receipt.till,
      receipt.epoch,
      receipt.number,
      receipt.journalHash,
      sale.soldAt,
      sale.businessDay,
      sale.currency,
      sale.reference ?? null,
      sale.originalSaleId ?? null,
      sale.reason ?? null,
      sale.totalMinor,
      sale.roundingMinor,
      sale.payableMinor,
      sale.changeMinor,
    );
    for (const [position, line] of sale.lines.entries()) lines.run(saleId, position, ...lineValues(line));
    for (const [position, row] of sale.vat.entries()) {
      vat.run(saleId, position, row.rateBp, row.grossMinor, row.netMinor, row.vatMinor);
    }
    for (const [position, tender] of sale.tenders.entries()) {
      tenders.run(saleId, position, tender.type, tender.amountMinor);
    }
  };
}

function lineValues(line: SaleLine): Value[] {
  return [
    line.productId,
    line.code,
    line.name,
    line.unit,
    line.quantity,
    line.listPriceMinor,
    line.unitPriceMinor,
    line.overrideReason ?? null,
    line.vatCategory,
    line.rateBp,
    line.amountMinor,
  ];
}
