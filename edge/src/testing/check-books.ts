import {
  formatReceiptNumber,
  type JournalReceipt,
  verifyJournal,
} from '@butik/domain/receipts/receipt-number';
import { FACTS } from '@butik/proto/facts/registry';
import type { Database } from 'better-sqlite3';
import { expect } from 'vitest';
import type { Identity } from '../provisioning/identity.ts';
import { createFindSale } from '../sales/find-sale.ts';
import { sha256 } from '../sha256.ts';

/** What must hold of a shop's store at any time: receipts, journal, stock and money. */
export function checkBooks(db: Database, identity: Identity): { sales: number } {
  const findSale = createFindSale(db);
  const ids = db
    .prepare<[], string>('SELECT sale_id FROM sales ORDER BY epoch, receipt_number')
    .pluck()
    .all();
  const sales = ids.map(findSale);
  expect(sales.map(({ receipt }) => receipt.text)).toEqual(
    sales.map((_, index) => formatReceiptNumber({ till: '1', epoch: 1, number: index + 1 })),
  );
  const journal = sales.map(
    ({
      receipt: { text: _, journalHash: hash, ...receipt },
      soldAt,
      ...sale
    }): JournalReceipt & { hash: string } => ({
      ...sale,
      ...receipt,
      hash,
      shopId: identity.shop.shopId,
      issuedAt: soldAt,
    }),
  );
  expect(verifyJournal(sha256, journal)).toBeNull();
  for (const sale of sales) {
    const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0);
    expect(sum(sale.lines.map(({ amountMinor }) => amountMinor))).toBe(sale.totalMinor);
    expect(sum(sale.vat.map(({ grossMinor }) => grossMinor))).toBe(sale.totalMinor);
    expect(sum(sale.tenders.map(({ amountMinor }) => amountMinor)) - sale.changeMinor).toBe(
      sale.payableMinor,
    );
  }
  expectStockIsSumOfMovements(db);
  expectFactsHaveTheirForm(db);
  const facts = db.prepare('SELECT count(*) FROM outbox WHERE type = ?').pluck();
  expect(facts.get('sale.recorded')).toBe(sales.length);
  return { sales: sales.length };
}

function expectFactsHaveTheirForm(db: Database): void {
  const written = db.prepare<[], { type: string; payload: string }>('SELECT type, payload FROM outbox').all();
  for (const { type, payload } of written) {
    const definition = FACTS.find((fact) => fact.type === type);
    expect(definition?.payload.parse(JSON.parse(payload))).toEqual(JSON.parse(payload));
  }
}

function expectStockIsSumOfMovements(db: Database): void {
  const levels = db.prepare(
    'SELECT product_id AS id, on_hand AS quantity FROM stock_levels ORDER BY product_id',
  );
  const sums = db.prepare(
    'SELECT product_id AS id, sum(quantity) AS quantity FROM stock_movements GROUP BY product_id ORDER BY product_id',
  );
  expect(levels.all()).toEqual(sums.all());
  const lots = db.prepare(
    `SELECT product_id AS id, max(on_hand, 0) AS quantity FROM stock_levels WHERE max(on_hand, 0) IS NOT
       (SELECT coalesce(sum(quantity_left), 0) FROM stock_lots WHERE stock_lots.product_id = stock_levels.product_id)`,
  );
  expect(lots.all()).toEqual([]);
  expect(db.pragma('foreign_key_check')).toEqual([]);
}
