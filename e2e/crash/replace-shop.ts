import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { STORE_FILE } from '../../edge/src/store/store.ts';
import { catalogueArrives } from '../replay/prepare.ts';
import { checkStore } from './check-store.ts';
import type { CrashRun } from './crash-run.ts';
import { addFindings } from './findings.ts';
import { copyDatabase } from './open-copy.ts';
import { type CrashShop, openShop } from './open-shop.ts';
import type { PlannedCycle } from './plan-cycles.ts';
import { nthWrite } from './strike.ts';

const GIVE_UP_AFTER_MS = 5_000;

/**
 * Puts the shop that sells aside and opens a new one, whose box is killed while it loads its catalogue for
 * the first time. Returns whether a part was staged and nothing of it taken over then.
 */
export async function replaceShop(run: CrashRun, { nth }: PlannedCycle): Promise<boolean> {
  await run.shops.at(-1)?.process.stop();
  const shop = await addShop(run);
  const giveUp = new AbortController();
  // There is no cut before every collection is there: while the prices are kept back, the rest is only staged.
  const held = shop.link.pricesAreHeld();
  const first = shop.process.start();
  await Promise.race([
    held.then(() => nthWrite(shop.dataFolder, `${STORE_FILE}-wal`, nth, giveUp.signal)),
    wait(GIVE_UP_AFTER_MS, undefined, { signal: giveUp.signal }).catch(() => undefined),
  ]);
  const killed = shop.process.kill();
  giveUp.abort();
  shop.link.forget();
  await Promise.all([killed, first]);
  run.kills.edge += 1;
  const copy = copyDatabase(shop.dataFolder, STORE_FILE);
  const starting = shop.process.start();
  const isStaged = copy.read((db) => {
    addFindings(run.found, checkStore(db, shop));
    return hasStagedOnly(db);
  });
  await starting;
  await waitForCatalogue(run, shop);
  return isStaged;
}

/** Enrols the next shop of the run; its box is still to be started. */
export async function addShop(run: CrashRun): Promise<CrashShop> {
  const shop = await openShop(run.folder, run.hub.address, run.shops.length + 1);
  run.shops.push(shop);
  return shop;
}

export async function waitForCatalogue({ hub }: CrashRun, shop: CrashShop): Promise<void> {
  await catalogueArrives({ hub, shops: [shop], close: () => Promise.resolve() });
}

function hasStagedOnly(db: Database): boolean {
  const count = (table: string) =>
    db.prepare<[], number>(`SELECT count(*) FROM "${table}"`).pluck().get() ?? 0;
  const staging = db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB '*_staging'")
    .pluck()
    .all();
  return (
    count('replica_cut') === 0 && staging.some((table) => table !== 'replica_staging' && count(table) > 0)
  );
}
