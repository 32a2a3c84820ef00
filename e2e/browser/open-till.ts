import { type Browser, chromium, type Page } from 'playwright-core';
import { openTestEdge, type TestEdge } from '../../edge/src/testing/open-test-edge.ts';
import type { SeedProduct } from '../../edge/src/testing/seed-catalogue.ts';

const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A till in a browser and the edge that serves it. */
export interface OpenTill {
  page: Page;
  shop: TestEdge;
  /** What the page complained about: errors nobody caught, and breaches of its security policy. */
  complaints: string[];
  close(): Promise<void>;
}

export function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
}

export async function openTill(browser: Browser, products: readonly SeedProduct[]): Promise<OpenTill> {
  const shop = await openTestEdge(products);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) complaints.push(message.text());
  });
  await page.goto(shop.edge.url);
  await page.getByRole('combobox').waitFor();
  return {
    page,
    shop,
    complaints,
    async close() {
      await context.close();
      await shop.close();
    },
  };
}
