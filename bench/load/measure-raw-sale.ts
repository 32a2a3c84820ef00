import { join } from 'node:path';
import type { NetworkShop } from '../../e2e/network/start-network.ts';
import { insertRawRows } from './insert-raw-rows.ts';
import { postLoad } from './post-load.ts';
import { keepCopy, rowsOfOneSale } from './raw-rows.ts';

/** Transactions a second of raw better-sqlite3 with the very rows that one sale of this shop leaves. */
export async function measureRawSale(shop: NetworkShop, saleBody: string, count: number): Promise<number> {
  const store = join(shop.dataFolder, 'shop.db');
  const before = join(shop.dataFolder, 'before.db');
  await shop.process.stop();
  const removeCopy = keepCopy(store, before);
  await shop.process.start();
  await postLoad(`${shop.url}/v1/sales`, saleBody, 1, 1);
  await shop.process.stop();
  const rows = rowsOfOneSale(before, store);
  removeCopy();
  const perSecond = insertRawRows(join(shop.dataFolder, 'raw.db'), rows, count);
  await shop.process.start();
  return perSecond;
}
