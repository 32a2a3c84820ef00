import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNetwork } from '../network/start-network.ts';
import { expectedBooks } from './expected-books.ts';
import { expectedStock, stockMismatches } from './expected-stock.ts';
import { planFaults } from './fault-plan.ts';
import { readHubBooks } from './hub-books.ts';
import { listSkipped } from './list-skipped.ts';
import { play } from './play.ts';
import { catalogueArrives, prepareCatalogue, receiveOpeningStock } from './prepare.ts';
import { quiesce } from './quiesce.ts';
import { seededRandom } from './random.ts';
import { readTransactions } from './read-transactions.ts';
import type { ReplayOptions } from './replay-options.ts';
import { readShopBooks } from './shop-books.ts';
import { shopOfInvoice } from './shop-of-invoice.ts';

/** The invoices' currency and country; the shops are opened in them. */
const SHOP = { currency: 'GBP', country: 'GB', timeZone: 'Europe/London' };

/** The object of `--json`: counts are of the whole run, money is in minor units. */
export interface ReplayReport {
  seed: number;
  shops: number;
  invoices: number;
  sales: number;
  returns: number;
  /** Lines of the files that cannot be sold, and why. */
  skipped: number;
  skippedByReason: Record<string, number>;
  offlineSales: number;
  revenueMinor: { file: number; edge: number; hub: number };
  stockMismatches: number;
  receiptGaps: number;
  duplicates: number;
  unsent: number;
  quarantined: number;
  /** Facts that the hub holds and has not applied. */
  pending: number;
  /** Sales that a shop refused: 0 in a good run. */
  refused: number;
  salesPerSecond: number;
  drainSeconds: number;
  kills: { edge: number; hub: number };
}

/**
 * Plays the invoices through a network of processes with its faults and compares the books. A temporary
 * folder is removed when they agree; else it is kept, and said, with the stores and logs of every process.
 */
export async function runReplay(options: ReplayOptions, say: (line: string) => void): Promise<ReplayReport> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'butik-replay-'));
  mkdirSync(folder, { recursive: true });
  let report: ReplayReport | undefined;
  try {
    report = await playAndCompare(options, folder, say);
    return report;
  } finally {
    const agrees = report !== undefined && faultsOf(report).length === 0;
    if (!agrees) say(`the stores and logs of the run are kept in ${folder}`);
    else if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function playAndCompare(
  options: ReplayOptions,
  folder: string,
  say: (line: string) => void,
): Promise<ReplayReport> {
  const transactions = await readTransactions(options.transactions, SHOP.currency);
  say(
    `${transactions.invoices} invoices: ${transactions.operations.length} sales and returns of ${transactions.products.size} products`,
  );
  listSkipped(transactions.skipped, { path: folder, kept: options.folder !== undefined }, say);
  const perShop = Array.from({ length: options.shops }, (_, shop) =>
    transactions.operations.filter(({ invoice }) => shopOfInvoice(invoice, options.shops) === shop),
  );
  const plans = perShop.map((_, index) => ({ ...SHOP, name: `Shop ${index + 1}` }));
  const network = await startNetwork(folder, plans);
  say(`one hub and ${options.shops} shops have started in ${folder}`);
  try {
    const prepared = await prepareCatalogue(
      network.hub.address,
      { catalogue: options.catalogue, currency: SHOP.currency, folder },
      transactions.products,
    );
    say(`catalogue: ${prepared.imported} products imported, ${prepared.rejected} rows refused`);
    await catalogueArrives(network);
    const openings = await Promise.all(
      network.shops.map((shop, index) => receiveOpeningStock(shop, perShop[index] ?? [])),
    );
    say('the shops have their catalogue and opening stock');

    const faults = planFaults(options, transactions.operations.length, seededRandom(options.seed));
    const run = await play(network, perShop, faults, SHOP.currency);
    say(
      `played in ${run.seconds.toFixed(1)} s with ${run.kills.edge} edge and ${run.kills.hub} hub kills; ${run.offlineSales} while the line was cut`,
    );
    for (const refused of run.refused.slice(0, 10)) say(`  refused: ${refused.reference}: ${refused.error}`);

    const left = await quiesce(network);
    say(`quiet after ${left.drainSeconds.toFixed(1)} s`);
    const hubBooks = await Promise.all(
      network.shops.map((shop) => readHubBooks(network.hub.address, shop.shopId)),
    );
    // The stores are read once their processes have ended: nothing but what is on disk counts.
    await Promise.all(network.shops.map((shop) => shop.process.stop()));
    const shopBooks = network.shops.map(readShopBooks);

    const expected = await expectedBooks(options.transactions, options.shops);
    const mismatches = network.shops.flatMap((shop, index) =>
      stockMismatches(
        expectedStock(openings[index] ?? new Map(), expected.pieces[index] ?? new Map()),
        shopBooks[index]?.stock ?? new Map(),
        hubBooks[index]?.stock ?? new Map(),
      ).map((code) => `${shop.name} ${code}`),
    );
    if (mismatches.length > 0) say(`stock differs: ${mismatches.slice(0, 10).join(', ')}`);
    return {
      seed: options.seed,
      shops: options.shops,
      invoices: transactions.invoices,
      sales: run.sales,
      returns: run.returns,
      skipped: sum([...transactions.skipped.values()].map((lines) => lines.length)),
      skippedByReason: Object.fromEntries(
        [...transactions.skipped].map(([reason, lines]) => [reason, lines.length]),
      ),
      offlineSales: run.offlineSales,
      revenueMinor: {
        file: expected.revenueMinor,
        edge: sum(shopBooks.map((books) => books.revenueMinor)),
        hub: sum(hubBooks.map((books) => books.revenueMinor)),
      },
      stockMismatches: mismatches.length,
      receiptGaps: sum([...shopBooks, ...hubBooks].map((books) => books.receiptGaps)),
      duplicates: sum([...shopBooks, ...hubBooks].map((books) => books.doubled)),
      unsent: sum(shopBooks.map((books) => books.unsent)),
      quarantined: left.quarantined,
      pending: left.pending,
      refused: run.refused.length,
      salesPerSecond: Math.round((10 * (run.sales + run.returns)) / run.seconds) / 10,
      drainSeconds: Math.round(10 * left.drainSeconds) / 10,
      kills: run.kills,
    };
  } finally {
    await network.close();
  }
}

/** What of the report is a fault; empty when the books agree. */
export function faultsOf(report: ReplayReport): string[] {
  const { file, edge, hub } = report.revenueMinor;
  const zeros = [
    'stockMismatches',
    'receiptGaps',
    'duplicates',
    'unsent',
    'quarantined',
    'pending',
    'refused',
  ] as const;
  return [
    ...(file === edge && edge === hub ? [] : [`revenue differs: file ${file}, edge ${edge}, hub ${hub}`]),
    ...zeros.filter((name) => report[name] !== 0).map((name) => `${name}: ${report[name]}`),
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
