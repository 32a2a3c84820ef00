import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importCatalogue } from '../../hub/cli/commands/catalogue.ts';
import { callHub, type HubAddress } from '../../hub/cli/hub-client.ts';
import type { PricedProduct } from './next-operation.ts';

/** Enough that a first load takes several answers of the hub and several transactions of the box. */
const CATALOGUE_SIZE = 1_500;
/** What the clients sell, so that they often meet at one product's stock. */
const SOLD = 40;

/** Fills the hub's catalogue; returns its size and what of it is sold. */
export async function importProducts(
  hub: HubAddress,
  folder: string,
): Promise<{ products: PricedProduct[]; catalogueSize: number }> {
  const file = join(folder, 'catalogue.csv');
  const rows = Array.from(
    { length: CATALOGUE_SIZE },
    (_, index) => `P${index},Thing ${index},standard,${priceMinor(index) / 100},SEK`,
  );
  writeFileSync(file, ['code,name,vat,price,currency', ...rows, ''].join('\n'));
  const done = await importCatalogue(hub, file, {}, () => undefined);
  if (done.status !== 'completed' || done.rejected > 0) {
    throw new Error(`The catalogue was not imported: ${JSON.stringify(done.errors.slice(0, 5))}`);
  }
  const { items } = await callHub<{ items: { productId: string; code: string }[] }>(
    hub,
    'GET',
    `/v1/products?limit=${SOLD}`,
  );
  const products = items.map(({ productId, code }) => ({
    productId,
    unitPriceMinor: priceMinor(Number(code.slice(1))),
  }));
  return { products, catalogueSize: CATALOGUE_SIZE };
}

function priceMinor(index: number): number {
  return 1_000 + 25 * index;
}
