import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importCatalogue } from '../../hub/cli/commands/catalogue.ts';
import { callHub } from '../../hub/cli/hub-client.ts';
import { buildTill } from '../../scripts/build-till.ts';
import { type Network, type NetworkShop, startNetwork } from '../network/start-network.ts';
import { catalogueArrives } from '../replay/prepare.ts';
import { startChromium } from './open-till.ts';

const root = join(import.meta.dirname, '../..');
const chromiumPath = process.env.BUTIK_CHROMIUM ?? '/usr/bin/chromium';
const hasChromium = existsSync(chromiumPath);
if (!hasChromium)
  console.warn(`Skipped: there is no browser at ${chromiumPath}; BUTIK_CHROMIUM names another.`);

const PATIENCE = { timeout: 60_000 };

describe.skipIf(!hasChromium)('a till whose hub goes away', () => {
  let browser: Browser;
  let folder: string;
  let network: Network;

  beforeAll(async () => {
    await buildTill(root);
    browser = await startChromium(chromiumPath);
    folder = mkdtempSync(join(tmpdir(), 'butik-outage-'));
    network = await startNetwork(folder, [
      { name: 'Butiken i Byn', currency: 'SEK', country: 'SE', timeZone: 'Europe/Stockholm' },
    ]);
    await importCatalogue(network.hub.address, join(root, 'hub/sample/catalogue.csv'), {}, () => undefined);
    await catalogueArrives(network);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await network?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  test('the hub is stopped, the till sells and counts what is unsent; the hub is back, and has the order', async () => {
    const shop = network.shops[0] as NetworkShop;
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const shows = (testId: string) =>
      expect.poll(
        async () => (await page.getByTestId(testId).textContent())?.replaceAll('\u00a0', ' '),
        PATIENCE,
      );
    await page.goto(shop.url);
    await shows('unsent').toBe('Allt skickat');

    await network.hub.process.stop();
    await page.getByText('Ingen linje – säljer vidare').waitFor(PATIENCE);
    const product = await pricedPiece(shop.url);
    await page.getByRole('combobox').fill(product.code);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Kort \(extern terminal\)/ }).click();
    await page.getByRole('button', { name: 'Kortet är godkänt' }).click();
    await shows('receipt-number').toBe('1-1-000001');
    await shows('unsent').toBe('1 köp ej skickat');

    await network.hub.process.start();
    await shows('unsent').toBe('Allt skickat');
    await page.getByText('Ingen linje – säljer vidare').waitFor({ ...PATIENCE, state: 'hidden' });
    await expect.poll(() => orders(network, shop), PATIENCE).toEqual([product.priceMinor]);
  }, 240_000);
});

async function pricedPiece(url: string): Promise<{ code: string; priceMinor: number }> {
  const answer = await fetch(`${url}/v1/products?limit=50`);
  const { items } = (await answer.json()) as {
    items: { code: string; unit: string; priceMinor: number | null }[];
  };
  const found = items.find(({ unit, priceMinor }) => unit === 'piece' && priceMinor !== null);
  return found as { code: string; priceMinor: number };
}

async function orders(network: Network, shop: NetworkShop): Promise<number[]> {
  const { items } = await callHub<{ items: { totalMinor: number }[] }>(
    network.hub.address,
    'GET',
    `/v1/orders?shopId=${shop.shopId}`,
  );
  return items.map((order) => order.totalMinor);
}
