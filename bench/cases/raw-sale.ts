import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { insertRawRows } from '../load/insert-raw-rows.ts';
import { learnRawRows } from '../load/learn-raw-rows.ts';
import { threeLineSale } from '../load/three-line-sale.ts';
import { withShop } from '../load/with-shop.ts';

const TRANSACTIONS = 5_000;

export const rawSale: Benchmark = {
  name: 'raw-sale',
  what: 'better-sqlite3 inserting the rows of a three-line sale, a durable transaction each, one after the other: no HTTP, no clients',
  run: (say) =>
    withShop(async (shop) => {
      say('a shop makes one sale to learn its rows …');
      const rows = await learnRawRows(shop, await threeLineSale(shop.url));
      const value = insertRawRows(join(shop.dataFolder, 'raw.db'), rows, TRANSACTIONS);
      return [{ case: 'raw transaction', value, unit: 'sales/s' }];
    }),
};
