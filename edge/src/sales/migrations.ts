import type { Migration } from '../store/store.ts';

const LEDGERS = ['sales', 'sale_lines', 'sale_vat', 'sale_tenders'];

/** Sales and returns as they were made. A receipt is a sale's number and its hash in the till's journal. */
export const salesMigrations: Migration[] = [
  {
    id: 'sales-1',
    up: `
      -- Where each till's journal stands, so that the next receipt need not be searched for.
      CREATE TABLE journals (
        till TEXT NOT NULL,
        epoch INTEGER NOT NULL,
        last_number INTEGER NOT NULL,
        last_hash TEXT NOT NULL,
        PRIMARY KEY (till, epoch)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE sales (
        sale_id TEXT PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('sale', 'return')),
        till TEXT NOT NULL,
        epoch INTEGER NOT NULL,
        receipt_number INTEGER NOT NULL CHECK (receipt_number >= 1),
        journal_hash TEXT NOT NULL,
        sold_at TEXT NOT NULL,
        business_day TEXT NOT NULL,
        currency TEXT NOT NULL,
        reference TEXT,
        original_sale_id TEXT REFERENCES sales (sale_id),
        reason TEXT,
        total_minor INTEGER NOT NULL,
        rounding_minor INTEGER NOT NULL,
        payable_minor INTEGER NOT NULL CHECK (payable_minor = total_minor + rounding_minor),
        change_minor INTEGER NOT NULL CHECK (change_minor >= 0),
        UNIQUE (till, epoch, receipt_number)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX returns_of_sale ON sales (original_sale_id) WHERE original_sale_id IS NOT NULL;
      CREATE TRIGGER receipts_are_gapless BEFORE INSERT ON sales
      WHEN NEW.receipt_number <> 1 + coalesce(
        (SELECT max(receipt_number) FROM sales WHERE till = NEW.till AND epoch = NEW.epoch), 0)
      BEGIN SELECT RAISE(ABORT, 'receipt numbers have no gaps'); END;

      CREATE TABLE sale_lines (
        sale_id TEXT NOT NULL REFERENCES sales (sale_id),
        position INTEGER NOT NULL,
        product_id TEXT NOT NULL,
        code TEXT NOT NULL,
        name TEXT NOT NULL,
        unit TEXT NOT NULL CHECK (unit IN ('piece', 'gram')),
        quantity INTEGER NOT NULL CHECK (quantity <> 0),
        list_price_minor INTEGER,
        unit_price_minor INTEGER NOT NULL CHECK (unit_price_minor >= 0),
        override_reason TEXT,
        vat_category TEXT NOT NULL,
        rate_bp INTEGER NOT NULL CHECK (rate_bp >= 0),
        amount_minor INTEGER NOT NULL,
        PRIMARY KEY (sale_id, position)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE sale_vat (
        sale_id TEXT NOT NULL REFERENCES sales (sale_id),
        position INTEGER NOT NULL,
        rate_bp INTEGER NOT NULL,
        gross_minor INTEGER NOT NULL,
        net_minor INTEGER NOT NULL,
        vat_minor INTEGER NOT NULL CHECK (gross_minor = net_minor + vat_minor),
        PRIMARY KEY (sale_id, position)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE sale_tenders (
        sale_id TEXT NOT NULL REFERENCES sales (sale_id),
        position INTEGER NOT NULL,
        type TEXT NOT NULL,
        amount_minor INTEGER NOT NULL,
        PRIMARY KEY (sale_id, position)
      ) STRICT, WITHOUT ROWID;

      ${LEDGERS.map(appendOnly).join('\n')}
    `,
  },
];

function appendOnly(table: string): string {
  return `
    CREATE TRIGGER ${table}_never_change BEFORE UPDATE ON ${table}
    BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;
    CREATE TRIGGER ${table}_are_kept BEFORE DELETE ON ${table}
    BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;`;
}
