import type { Lot } from '@butik/domain/stock/ledger';
import type { Database } from 'better-sqlite3';

/** A lot with goods left. `unitCostMinor` is per piece or per kilogram, null when it was never told. */
export interface StoredLot extends Omit<Lot, 'unitCostMinor'> {
  unitCostMinor: number | null;
  batch: string | null;
}

export interface StockLevel {
  /** Below zero when more was sold than ever came in. */
  onHand: number;
  lastUnitCostMinor: number | null;
}

/** The prepared statements on levels and lots that the stock room shares. */
export function prepareLots(db: Database) {
  return {
    level: db.prepare<[string], StockLevel>(
      `SELECT on_hand AS onHand, last_unit_cost_minor AS lastUnitCostMinor
       FROM stock_levels WHERE product_id = ?`,
    ),
    setLevel: db.prepare<[string, number, number | null]>(
      `INSERT INTO stock_levels (product_id, on_hand, last_unit_cost_minor) VALUES (?, ?, ?)
       ON CONFLICT (product_id) DO UPDATE
       SET on_hand = excluded.on_hand, last_unit_cost_minor = excluded.last_unit_cost_minor`,
    ),
    // Without ORDER BY: this SQLite plans such a statement anew at each run, which costs a sale 40 µs a line.
    lotsOf: db.prepare<[string], StoredLot>(
      `SELECT lot_id AS lotId, quantity_left AS quantity, unit_cost_minor AS unitCostMinor,
              received_at AS receivedAt, batch, expires_on AS expiresOn
       FROM stock_lots WHERE product_id = ? AND quantity_left > 0`,
    ),
    takeFromLot: db.prepare<[number, string]>(
      'UPDATE stock_lots SET quantity_left = quantity_left - ? WHERE lot_id = ?',
    ),
    addLot: db.prepare<[string, string, string, number, number | null, string | null, string | null]>(
      `INSERT INTO stock_lots (lot_id, product_id, received_at, quantity_left, unit_cost_minor, batch, expires_on)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
  };
}
export type LotStatements = ReturnType<typeof prepareLots>;
