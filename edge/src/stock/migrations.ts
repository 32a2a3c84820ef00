import type { Migration } from '../store/store.ts';

/**
 * The ledger of movements, and what follows from it: how much there is of each product, and which lots
 * it is made of. The lots of a product hold what is on hand, or nothing while it is oversold.
 */
export const stockMigrations: Migration[] = [
  {
    id: 'stock-1',
    up: `
      CREATE TABLE stock_movements (
        cause_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        movement_id TEXT NOT NULL,
        reason TEXT NOT NULL CHECK (reason IN ('sale', 'return', 'receipt', 'waste', 'adjustment')),
        product_id TEXT NOT NULL,
        quantity INTEGER NOT NULL CHECK (quantity <> 0),
        cost_minor INTEGER,
        batch TEXT,
        expires_on TEXT,
        moved_at TEXT NOT NULL,
        PRIMARY KEY (cause_id, position)
      ) STRICT, WITHOUT ROWID;
      CREATE TRIGGER stock_movements_never_change BEFORE UPDATE ON stock_movements
      BEGIN SELECT RAISE(ABORT, 'stock_movements is append-only'); END;
      CREATE TRIGGER stock_movements_are_kept BEFORE DELETE ON stock_movements
      BEGIN SELECT RAISE(ABORT, 'stock_movements is append-only'); END;

      CREATE TABLE stock_levels (
        product_id TEXT PRIMARY KEY,
        on_hand INTEGER NOT NULL,
        last_unit_cost_minor INTEGER CHECK (last_unit_cost_minor >= 0)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE stock_lots (
        lot_id TEXT PRIMARY KEY,
        product_id TEXT NOT NULL REFERENCES stock_levels (product_id),
        received_at TEXT NOT NULL,
        quantity_left INTEGER NOT NULL CHECK (quantity_left >= 0),
        unit_cost_minor INTEGER CHECK (unit_cost_minor >= 0),
        batch TEXT,
        expires_on TEXT
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX stock_lots_left ON stock_lots (product_id) WHERE quantity_left > 0;
    `,
  },
];
