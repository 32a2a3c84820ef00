import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNetwork } from '../network/start-network.ts';
import type { CrashOptions } from './crash-options.ts';
import { type CrashRun, checkDocuments, createRun } from './crash-run.ts';
import { importProducts } from './import-products.ts';
import { copyDatabase } from './open-copy.ts';
import { planCycles } from './plan-cycles.ts';
import { playCycle } from './play-cycle.ts';
import { POINT_NAMES, type PointName } from './points.ts';
import { addShop, waitForCatalogue } from './replace-shop.ts';
import { type Left, settle } from './settle.ts';
import { DOCUMENTS_FILE } from './strike.ts';

export interface CrashReport extends Left {
  seed: number;
  cycles: number;
  shops: number;
  /** Sales, returns and deliveries that a shop answered with 201. */
  acknowledged: number;
  lost: number;
  doubled: number;
  receiptGaps: number;
  corrupt: number;
  /** Requests that a shop refused, and answers that are not what was asked for. */
  refused: number;
  kills: { edge: number; hub: number };
  points: Record<string, { planned: number; hit: number }>;
  /** Points at which no kill of the run struck. */
  neverHit: PointName[];
  seconds: number;
}

/**
 * Sells, kills, restarts and checks, `cycles` times, and then compares shops and hub. A temporary folder is
 * removed when all is well; else it is kept, and said.
 */
export async function runCrash(options: CrashOptions, say: (line: string) => void): Promise<CrashReport> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'butik-crash-'));
  mkdirSync(folder, { recursive: true });
  let report: CrashReport | undefined;
  try {
    report = await playAndSettle(options, folder, say);
    return report;
  } finally {
    const isGood = report !== undefined && faultsOf(report).length === 0;
    if (!isGood) {
      say(`the stores and logs of the run are kept in ${folder}`);
      say(`the same plan runs with: npm run crash -- --cycles ${options.cycles} --seed ${options.seed}`);
    } else if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function playAndSettle(
  { cycles, seed }: CrashOptions,
  folder: string,
  say: (line: string) => void,
): Promise<CrashReport> {
  const startedAt = performance.now();
  const network = await startNetwork(folder, []);
  let run: CrashRun | undefined;
  const killShops = () => void Promise.all((run?.shops ?? []).map((shop) => shop.process.kill()));
  // The network ends the hub and lets the signal have its way; the shops are this run's to end.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, killShops);
  try {
    run = createRun(folder, network.hub, await importProducts(network.hub.address, folder));
    const first = await addShop(run);
    await first.process.start();
    await waitForCatalogue(run, first);
    say(`a hub and a shop run in ${folder}; seed ${seed}`);
    let played = 0;
    for (const [index, cycle] of planCycles(seed, cycles).entries()) {
      await playCycle(run, cycle);
      played = index + 1;
      const { planned, hit } = run.points.get(cycle.point) as { planned: number; hit: number };
      say(
        `${played}/${cycles} ${cycle.point} (reached ${hit} of ${planned}): ${tell(run).acknowledged} acknowledged`,
      );
      if (faultLines(run).length > 0) break;
    }
    say('the kills are over; every shop sends what it has');
    const left = await settle(run);
    await network.close();
    const { found, hub } = run;
    copyDatabase(hub.documentsFolder, DOCUMENTS_FILE).read((db) => checkDocuments(db, found));
    for (const line of faultLines(run).slice(0, 20)) say(`  ${line}`);
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
    return { seed, cycles: played, ...tell(run), ...left, seconds };
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, killShops);
    await run?.hubIsBack.catch(() => undefined);
    await Promise.all((run?.shops ?? []).map((shop) => shop.process.kill().then(shop.link.close)));
    await network.close();
  }
}

function tell({ shops, found, points, kills }: CrashRun) {
  return {
    shops: shops.length,
    acknowledged: shops.reduce((sum, { ledger }) => sum + ledger.acknowledged.size, 0),
    lost: found.lost.length,
    doubled: found.doubled.length,
    receiptGaps: found.receiptGaps.length,
    corrupt: found.corrupt.length,
    refused: shops.reduce((sum, { ledger }) => sum + ledger.refused.length, 0),
    kills,
    points: Object.fromEntries(points),
    neverHit: POINT_NAMES.filter((name) => points.get(name)?.hit === 0),
  };
}

function faultLines({ found, shops }: CrashRun): string[] {
  return [...Object.values(found).flat(), ...shops.flatMap(({ ledger }) => ledger.refused)];
}

const ZEROS = [
  'lost',
  'doubled',
  'receiptGaps',
  'corrupt',
  'refused',
  'unsent',
  'pending',
  'quarantined',
  'unpublished',
] as const;

/** What of the report is a fault; empty when nothing was lost, doubled or left behind. */
export function faultsOf(report: CrashReport): string[] {
  return ZEROS.filter((name) => report[name] !== 0).map((name) => `${name}: ${report[name]}`);
}
