import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { importCatalogue } from '../../hub/cli/commands/catalogue.ts';
import { callHub, type HubAddress } from '../../hub/cli/hub-client.ts';
import type { Network, NetworkShop } from '../network/start-network.ts';
import { productKey, type ReplayOperation, type Transactions } from './read-transactions.ts';
import { askShop } from './shop-client.ts';

const RECEIPT_LINES = 200;
const CATALOGUE_WAIT_MS = 300_000;

/** Imports the catalogue and what the transactions sell and it lacks; returns what the imports said. */
export async function prepareCatalogue(
  hub: HubAddress,
  options: { catalogue: string; currency: string; folder: string },
  products: Transactions['products'],
): Promise<{ imported: number; rejected: number }> {
  const first = await importFile(hub, options.catalogue);
  const known = new Set((await productCodes(hub, '')).map(productKey));
  const missing = [...products].filter(([key]) => !known.has(key)).map(([, product]) => product);
  if (missing.length === 0) return { imported: first.imported, rejected: first.rejected };
  const file = join(options.folder, 'sold-but-not-in-the-catalogue.csv');
  const rows = missing.map((product) =>
    [product.code, product.name, 'standard', (product.unitPriceMinor / 100).toFixed(2), options.currency]
      .map(quote)
      .join(','),
  );
  writeFileSync(file, ['code,name,vat,price,currency', ...rows, ''].join('\n'));
  const second = await importFile(hub, file);
  if (second.rejected > 0)
    throw new Error(`${second.rejected} products that the transactions sell were refused: ${second.reasons}`);
  return { imported: first.imported + second.imported, rejected: first.rejected };
}

async function importFile(hub: HubAddress, file: string) {
  const done = await importCatalogue(hub, file, {}, () => undefined);
  if (done.status !== 'completed')
    throw new Error(`The import of ${file} ended ${done.status}: ${JSON.stringify(done.errors.slice(0, 5))}`);
  return {
    imported: done.created + done.updated + done.unchanged,
    rejected: done.rejected,
    reasons: JSON.stringify(done.errors.slice(0, 5)),
  };
}

/** Codes of the hub's products as they are written there; `filter` is a query such as `&active=true`. */
async function productCodes(hub: HubAddress, filter: '' | '&active=true'): Promise<string[]> {
  const codes: string[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: { code: string }[]; next: string | null } = await callHub(
      hub,
      'GET',
      `/v1/products?limit=200${filter}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
    );
    for (const item of page.items) codes.push(item.code);
    cursor = page.next;
  } while (cursor);
  return codes;
}

/** Waits until each shop's own catalogue has as many products to sell as the hub's; retired ones do not count. */
export async function catalogueArrives(network: Network): Promise<void> {
  const expected = (await productCodes(network.hub.address, '&active=true')).length;
  const giveUp = Date.now() + CATALOGUE_WAIT_MS;
  for (const shop of network.shops) {
    for (;;) {
      const { catalogue } = await askShop<{ catalogue: { products: number } }>(`${shop.url}/v1/shop`, {
        method: 'GET',
      });
      if (catalogue.products === expected) break;
      if (Date.now() > giveUp)
        throw new Error(`${shop.name} has ${catalogue.products} of ${expected} products`);
      await wait(100);
    }
  }
}

/** Receives into the shop what it is going to sell; returns the quantities by `productKey`. */
export async function receiveOpeningStock(
  shop: NetworkShop,
  operations: readonly ReplayOperation[],
): Promise<Map<string, number>> {
  const opening = new Map<string, number>();
  for (const operation of operations) {
    if (operation.kind === 'return') continue;
    for (const { code, quantity } of operation.lines) {
      const key = productKey(code);
      opening.set(key, (opening.get(key) ?? 0) + quantity);
    }
  }
  const lines = [...opening].map(([code, quantity]) => ({ code, quantity, unitCostMinor: 100 }));
  for (let start = 0; start < lines.length; start += RECEIPT_LINES) {
    await askShop(`${shop.url}/v1/stock/receipts`, {
      method: 'POST',
      idempotencyKey: uuidv7(),
      body: {
        lines: lines.slice(start, start + RECEIPT_LINES),
        reference: 'opening stock',
      },
    });
  }
  return opening;
}

function quote(field: string): string {
  return `"${field.replaceAll('"', '""')}"`;
}
