import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SeedProduct } from '../../edge/src/testing/seed-catalogue.ts';
import { buildTill } from '../../scripts/build-till.ts';
import { type OpenTill, openTill, startChromium } from './open-till.ts';
import { scanBarcode, typeByHand } from './type-keys.ts';

const chromiumPath = process.env.BUTIK_CHROMIUM ?? '/usr/bin/chromium';
const hasChromium = existsSync(chromiumPath);
if (!hasChromium)
  console.warn(`Skipped: there is no browser at ${chromiumPath}; BUTIK_CHROMIUM names another.`);

const milk: SeedProduct = {
  id: '01990000-0000-7000-8000-000000000001',
  code: '7310865004703',
  name: 'Mellanmjölk 1,5 %',
  priceMinor: 1690,
};
const coffee: SeedProduct = {
  id: '01990000-0000-7000-8000-000000000002',
  code: '7310050001883',
  name: 'Bryggkaffe mellanrost',
  priceMinor: 5990,
};
const cheese: SeedProduct = {
  id: '01990000-0000-7000-8000-000000000003',
  code: '7311041013656',
  name: 'Hushållsost',
  priceMinor: 8950,
};
const bananas: SeedProduct = {
  id: '01990000-0000-7000-8000-000000000004',
  code: '4011',
  name: 'Bananer',
  unit: 'gram',
  priceMinor: 2490,
};
const matches: SeedProduct = {
  id: '01990000-0000-7000-8000-000000000005',
  code: '7312345678907',
  name: 'Tändstickor',
};

describe.skipIf(!hasChromium)('the till in a browser', () => {
  let browser: Browser;
  let till: OpenTill;

  beforeAll(async () => {
    await buildTill(join(import.meta.dirname, '../..'));
    browser = await startChromium(chromiumPath);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    till = await openTill(browser, [milk, coffee, cheese, bananas, matches]);
  });
  afterEach(async () => {
    const { complaints } = till;
    await till.close();
    expect(complaints).toEqual([]);
  });

  const button = (name: string | RegExp) => till.page.getByRole('button', { name });
  const totalShows = (text: string) => expect.poll(() => plainText('total')).toBe(text);
  const unsentShows = (text: string) => expect.poll(() => plainText('unsent')).toBe(text);
  const plainText = async (testId: string) =>
    (await till.page.getByTestId(testId).textContent())?.replaceAll('\u00a0', ' ');

  test('three goods by search, tap and scanner are paid in cash, and the receipt says what to give back', async () => {
    const { page, shop } = till;
    await page.keyboard.press('/');
    await page.getByRole('combobox').fill('mellanm');
    await page.keyboard.press('Enter');
    await totalShows('16,90 kr');
    await button(/^Bryggkaffe mellanrost/).click();
    await totalShows('76,80 kr');
    await page.getByRole('combobox').click();
    await scanBarcode(page, '7311041013656');
    await totalShows('166,30 kr');
    expect(await page.getByRole('combobox').inputValue()).toBe('');
    await page.getByText('Ingen linje – säljer vidare').waitFor();
    await unsentShows('Allt skickat');

    await button(/^Kontant 166,00/).click();
    await button('Lägg till 200,00 kr').click();
    await page.keyboard.press('Enter');
    await expect.poll(() => plainText('receipt-number')).toBe('1-1-000001');
    expect(await plainText('to-hand')).toBe('34,00 kr');
    await unsentShows('1 köp ej skickat');

    await button('Nytt köp').click();
    await page.getByText('Korgen är tom').waitFor();
    await scanBarcode(page, '7310865004703');
    await totalShows('16,90 kr');
    await button(/^Kort \(extern terminal\) 16,90/).click();
    await button('Kortet är godkänt').click();
    await expect.poll(() => plainText('receipt-number')).toBe('1-1-000002');
    await unsentShows('2 köp ej skickade');

    const { items } = (await shop.get('/v1/sales')).body;
    expect(items.map((sale: { payableMinor: number }) => sale.payableMinor).sort()).toEqual([16600, 1690]);
  });

  test('the basket is still there after a reload', async () => {
    const { page } = till;
    await scanBarcode(page, '7310865004703');
    await scanBarcode(page, '7310865004703');
    await totalShows('33,80 kr');
    await page.reload();
    await totalShows('33,80 kr');
    await button('En färre av Mellanmjölk 1,5 %').click();
    await totalShows('16,90 kr');
    await button('Ta bort Mellanmjölk 1,5 %').click();
    await page.getByText('Korgen är tom').waitFor();
  });

  test('an unknown barcode is named, with what to do about it, in Swedish and in English', async () => {
    const { page } = till;
    await scanBarcode(page, '7300000000009');
    const told = page.getByRole('alert');
    await told.getByText('Koden 7300000000009 finns inte i sortimentet.').waitFor();
    await told.getByText('Sök på namnet').waitFor();
    await button('Stäng').click();
    await button('English').click();
    await page.reload();
    await page.getByRole('combobox', { name: 'Find a product' }).waitFor();
    await scanBarcode(page, '7300000000009');
    await told.getByText('The code 7300000000009 is not in the range.').waitFor();
  });

  test('a code that a person types into the search field is looked up when Enter is pressed', async () => {
    const { page } = till;
    await page.getByRole('combobox').click();
    await typeByHand(page, '7310050001883');
    await totalShows('59,90 kr');
  });

  test('weighed goods ask for grams, and goods without a price for a price and a reason', async () => {
    const { page } = till;
    await scanBarcode(page, '4011');
    await page.getByLabel('Vikt i gram').fill('850');
    await page.keyboard.press('Enter');
    await totalShows('21,17 kr');
    await button(/^Tändstickor Pris saknas/).click();
    await page.getByLabel('Pris', { exact: true }).fill('12,50');
    await button('Pris på hyllan').click();
    await button('Lägg i korgen').click();
    await totalShows('33,67 kr');
    await page.getByText('12,50 kr – Pris på hyllan').waitFor();
  });

  test('where customers serve themselves, goods without a price are not for sale', async () => {
    const { page } = till;
    await page.route('**/v1/shop', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ json: { ...(await answer.json()), fiscalMode: 'exempt-unmanned' } });
    });
    await page.reload();
    await button(/^Tändstickor Pris saknas/).click();
    await page.getByText('Tändstickor kan inte säljas just nu.').waitFor();
    expect(await page.getByLabel('Pris', { exact: true }).count()).toBe(0);
  });

  test('a sale whose answer is lost is asked for again, over a reload too, and is recorded once', async () => {
    const { page, shop } = till;
    await scanBarcode(page, '7311041013656');
    await totalShows('89,50 kr');
    const keys: (string | undefined)[] = [];
    let lineIsBad = true;
    await page.route('**/v1/sales', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      if (!lineIsBad) return route.continue();
      await route.fetch();
      await route.abort();
    });
    await button(/^Kontant/).click();
    await button('Ta betalt').click();
    await page.getByText('det kan inte bli dubbelt').waitFor();
    await page.reload();
    await page.getByText('det kan inte bli dubbelt').waitFor();
    lineIsBad = false;
    await expect.poll(() => plainText('receipt-number'), { timeout: 10_000 }).toBe('1-1-000001');
    expect(keys.length).toBeGreaterThan(2);
    expect(new Set(keys).size).toBe(1);
    expect((await shop.get('/v1/sales')).body.items).toHaveLength(1);
    await button('Nytt köp').click();
    await page.getByText('Korgen är tom').waitFor();
  });
});
