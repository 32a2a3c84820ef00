import { join } from 'node:path';
import type { NetworkShop } from '../../e2e/network/start-network.ts';
import { postLoad } from './post-load.ts';
import { keepCopy, type RawRows, rowsOfOneSale } from './raw-rows.ts';

/** Lets the shop make one sale and compares its store before and after: what raw SQLite is made to insert. */
export async function learnRawRows(shop: NetworkShop, saleBody: string): Promise<RawRows> {
  const store = join(shop.dataFolder, 'shop.db');
  const before = join(shop.dataFolder, 'before.db');
  await shop.process.stop();
  const removeCopy = keepCopy(store, before);
  await shop.process.start();
  await postLoad(`${shop.url}/v1/sales`, saleBody, 1, 1);
  await shop.process.stop();
  const rows = rowsOfOneSale(before, store);
  removeCopy();
  await shop.process.start();
  return rows;
}
