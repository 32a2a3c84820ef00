import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { NetworkShop } from '../network/start-network.ts';
import { productKey } from './read-transactions.ts';

/** What one shop's own SQLite says, read from the file of a box that has ended. */
export interface ShopBooks {
  revenueMinor: number;
  sales: number;
  returns: number;
  /** Sales and returns that share their reference or their receipt number with another. */
  doubled: number;
  /** Numbers missing between a till's first and last receipt of an epoch. */
  receiptGaps: number;
  /** Sum of the movements by `productKey`. */
  stock: Map<string, number>;
  /** Facts in the outbox that the hub has not acknowledged. */
  unsent: number;
}

export function readShopBooks(shop: NetworkShop): ShopBooks {
  const db = new Database(join(shop.dataFolder, 'shop.db'), { readonly: true });
  try {
    const count = (sql: string) => (db.prepare<[], { n: number | null }>(sql).get()?.n ?? 0) as number;
    const stock = db
      .prepare<[], { code: string; n: number }>(
        `SELECT p.code, sum(m.quantity) AS n FROM stock_movements m JOIN products p ON p.id = m.product_id GROUP BY p.code`,
      )
      .all();
    return {
      revenueMinor: count('SELECT sum(amount_minor) AS n FROM sale_lines'),
      sales: count("SELECT count(*) AS n FROM sales WHERE kind = 'sale'"),
      returns: count("SELECT count(*) AS n FROM sales WHERE kind = 'return'"),
      doubled: count(
        `SELECT count(*) - min(count(DISTINCT reference), count(DISTINCT till || '/' || epoch || '/' || receipt_number)) AS n
         FROM sales`,
      ),
      receiptGaps: count(
        `SELECT sum(gap) AS n FROM (
           SELECT max(receipt_number) - count(DISTINCT receipt_number) AS gap FROM sales GROUP BY till, epoch)`,
      ),
      stock: sumByKey(stock),
      unsent: count(
        `SELECT count(*) AS n FROM outbox o JOIN channels c ON c.channel = o.channel WHERE o.seq > c.acknowledged`,
      ),
    };
  } finally {
    db.close();
  }
}

function sumByKey(rows: readonly { code: string; n: number }[]): Map<string, number> {
  const stock = new Map<string, number>();
  for (const { code, n } of rows) stock.set(productKey(code), (stock.get(productKey(code)) ?? 0) + n);
  return stock;
}
