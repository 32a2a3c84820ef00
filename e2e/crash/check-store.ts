import { isDeepStrictEqual } from 'node:util';
import type { Database } from 'better-sqlite3';
import { createFindSale } from '../../edge/src/sales/find-sale.ts';
import { checkChains } from './check-chains.ts';
import { type Findings, noFindings } from './findings.ts';
import { type Acknowledged, type Ledger, piecesMoved, unanswered } from './ledger.ts';
import type { CrashShop } from './open-shop.ts';

type Shop = Pick<CrashShop, 'name' | 'shopId' | 'nodeId' | 'epoch' | 'ledger' | 'cursors'>;

/** Holds a shop's store to what its clients were told. Requests without an answer may have been done, once. */
export function checkStore(db: Database, shop: Shop): Findings {
  const found = noFindings();
  checkFile(db, found);
  checkSales(db, shop.ledger, found);
  checkDeliveries(db, shop.ledger, found);
  checkReceiptNumbers(db, found);
  checkStock(db, shop.ledger, found);
  checkChains(db, shop, found);
  for (const [kind, lines] of Object.entries(found) as [keyof Findings, string[]][]) {
    found[kind] = lines.map((line) => `${shop.name}: ${line}`);
  }
  return found;
}

function checkFile(db: Database, found: Findings): void {
  const problem = db.pragma('integrity_check', { simple: true });
  if (problem !== 'ok') found.corrupt.push(`integrity_check: ${problem}`);
  const foreign = db.pragma('foreign_key_check') as unknown[];
  if (foreign.length > 0) found.corrupt.push(`${foreign.length} rows refer to rows that are not there`);
}

function checkSales(db: Database, ledger: Ledger, found: Findings): void {
  const findSale = createFindSale(db);
  const rows = db
    .prepare<[], { saleId: string; reference: string }>('SELECT sale_id AS saleId, reference FROM sales')
    .all();
  const kept = Map.groupBy(rows, ({ reference }) => reference);
  for (const [reference, { length }] of kept) {
    if (!ledger.issued.has(reference)) found.doubled.push(`sale ${reference} was not asked for`);
    if (length > 1) found.doubled.push(`sale ${reference} is there ${length} times`);
  }
  for (const [key, acknowledged] of ledger.acknowledged) {
    if (acknowledged.kind === 'delivery') continue;
    const { saleId } = acknowledged.answer;
    if (!kept.get(key)?.some((row) => row.saleId === saleId)) found.lost.push(`${acknowledged.kind} ${key}`);
    else if (!isSame(findSale(saleId), acknowledged)) {
      found.lost.push(`${acknowledged.kind} ${key} has another content`);
    }
  }
}

/** The answer came as JSON, so what is kept is compared as JSON. */
function isSame(kept: unknown, { answer }: Acknowledged): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(kept)), answer);
}

function checkDeliveries(db: Database, ledger: Ledger, found: Findings): void {
  const rows = db
    .prepare<[], { causeId: string; productId: string; quantity: number }>(
      `SELECT cause_id AS causeId, product_id AS productId, quantity FROM stock_movements
       WHERE reason = 'receipt' ORDER BY cause_id, position`,
    )
    .all();
  const kept = Map.groupBy(rows, ({ causeId }) => causeId);
  for (const [key, acknowledged] of ledger.acknowledged) {
    if (acknowledged.kind !== 'delivery') continue;
    const movements = kept.get(acknowledged.answer.receiptId);
    kept.delete(acknowledged.answer.receiptId);
    const moved = movements?.map(({ productId, quantity }) => ({ productId, quantity }));
    if (!isDeepStrictEqual(moved, piecesMoved(acknowledged.operation))) found.lost.push(`delivery ${key}`);
  }
  const possible = unanswered(ledger).filter(({ kind }) => kind === 'delivery').length;
  if (kept.size > possible) {
    found.doubled.push(`${kept.size} deliveries that nobody was told of, ${possible} were asked for`);
  }
}

function checkReceiptNumbers(db: Database, found: Findings): void {
  const series = db
    .prepare<[], { name: string; highest: number; count: number }>(
      `SELECT till || '-' || epoch AS name, max(receipt_number) AS highest,
         count(DISTINCT receipt_number) AS count FROM sales GROUP BY till, epoch`,
    )
    .all();
  for (const { name, highest, count } of series) {
    if (highest !== count) found.receiptGaps.push(`till ${name}: ${count} receipts up to number ${highest}`);
  }
}

function checkStock(db: Database, ledger: Ledger, found: Findings): void {
  const levels = sums(db, 'SELECT product_id AS productId, on_hand AS quantity FROM stock_levels');
  const moved = sums(
    db,
    'SELECT product_id AS productId, sum(quantity) AS quantity FROM stock_movements GROUP BY product_id',
  );
  for (const [productId, quantity] of moved) {
    const level = levels.get(productId) ?? 0;
    if (level !== quantity)
      found.corrupt.push(`stock of ${productId} is ${level}, its movements say ${quantity}`);
  }
  const { size } = new Map([...levels].filter(([productId]) => !moved.has(productId)));
  if (size > 0) found.corrupt.push(`${size} stock levels without a movement`);
  // While a request is unanswered its pieces may or may not have moved.
  if (unanswered(ledger).length > 0) return;
  for (const [productId, quantity] of expectedStock(ledger)) {
    const level = levels.get(productId) ?? 0;
    if (level !== quantity)
      found.corrupt.push(`stock of ${productId} is ${level}, clients moved ${quantity}`);
  }
}

/** What must be on hand once every request is answered, by product; a shop opens with nothing. */
export function expectedStock(ledger: Ledger): Map<string, number> {
  const stock = new Map<string, number>();
  for (const { operation } of ledger.acknowledged.values()) {
    for (const { productId, quantity } of piecesMoved(operation)) {
      stock.set(productId, (stock.get(productId) ?? 0) + quantity);
    }
  }
  return stock;
}

function sums(db: Database, sql: string): Map<string, number> {
  const rows = db.prepare<[], { productId: string; quantity: number }>(sql).all();
  return new Map(rows.map(({ productId, quantity }) => [productId, quantity]));
}
