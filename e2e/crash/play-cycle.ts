import { isDeepStrictEqual } from 'node:util';
import { STORE_FILE } from '../../edge/src/store/store.ts';
import { askShop } from '../replay/shop-client.ts';
import { checkStore } from './check-store.ts';
import { type CrashRun, checkDocuments, notePoint } from './crash-run.ts';
import { addFindings, noFindings } from './findings.ts';
import { acknowledge, unanswered } from './ledger.ts';
import { copyDatabase } from './open-copy.ts';
import type { CrashShop } from './open-shop.ts';
import type { PlannedCycle } from './plan-cycles.ts';
import { POINTS } from './points.ts';
import { replaceShop } from './replace-shop.ts';
import { restart } from './restart.ts';
import { sell } from './sell.ts';
import { DOCUMENTS_FILE, strike } from './strike.ts';
import { waitForLine } from './wait-for-line.ts';

/** Acknowledged requests that are repeated after a restart: each must have its first answer. */
const REPEATED = 3;
/** The second kill falls into the start: an edge is up in a second, a hub in several. */
const EDGE_START_FACTOR = 2;
const HUB_START_FACTOR = 10;

/** One cycle: a rush of sales, a kill at its point, the restart, and the check of all that was acknowledged. */
export async function playCycle(run: CrashRun, cycle: PlannedCycle): Promise<void> {
  const { point } = cycle;
  if (POINTS[point].needsHub) await waitForLine(run);
  if (point === 'edge-first-load') {
    notePoint(run, point, await replaceShop(run, cycle));
    return;
  }
  const shop = run.shops.at(-1) as CrashShop;
  const known = new Set(shop.ledger.acknowledged.keys());
  // The hub is let come back from its last kill: to be killed while it starts is a point of its own.
  if (POINTS[point].kills !== 'edge') await run.hubIsBack;
  if (point.endsWith('line-cut')) shop.link.cut();
  let reached = await sellAndStrike(run, cycle, shop);
  if (POINTS[point].kills !== 'edge') reached = restartHub(run, cycle, reached);
  if (POINTS[point].kills !== 'hub') {
    const wasStarting = await restartEdge(run, cycle, shop);
    if (point === 'edge-starting') reached = wasStarting;
  }
  shop.link.heal();
  await repeatUnanswered(shop);
  await repeatSome(shop);
  await checkAnswers(
    run,
    shop,
    [...shop.ledger.acknowledged.keys()].filter((key) => !known.has(key)),
  );
  if (point !== 'hub-starting') notePoint(run, point, reached);
}

async function sellAndStrike(run: CrashRun, cycle: PlannedCycle, shop: CrashShop): Promise<boolean> {
  const stop = new AbortController();
  const waiting: { left: number; resolve: () => void }[] = [];
  const answersRead = (count: number) =>
    new Promise<void>((resolve) => waiting.push({ left: count, resolve }));
  const onAcknowledged = () => {
    for (const each of waiting) {
      each.left -= 1;
      if (each.left === 0) each.resolve();
    }
  };
  const { url, ledger } = shop;
  const { products, hub } = run;
  const selling = sell({ url, ledger, products, seed: cycle.seed, stop: stop.signal, onAcknowledged });
  try {
    return await strike(cycle, { shop, hub, answersRead });
  } finally {
    stop.abort();
    await selling;
  }
}

/** Begins the hub's restart and looks into its documents meanwhile. Returns whether the point was reached. */
function restartHub(run: CrashRun, { point, delayMs }: PlannedCycle, reached: boolean): boolean {
  run.kills.hub += 1;
  const copy = copyDatabase(run.hub.documentsFolder, DOCUMENTS_FILE);
  const again = point === 'hub-starting';
  const back = restart(run.hub.process, again ? delayMs * HUB_START_FACTOR : undefined);
  run.hubIsBack = back;
  if (again) run.kills.hub += 1;
  // Whoever waits for the hub hears of its failure; until then it is not an error of nobody.
  back.then(
    (wasStarting) => again && notePoint(run, point, wasStarting),
    () => undefined,
  );
  const unpublished = copy.read((db) => checkDocuments(db, run.found));
  return point === 'hub-publishes' ? unpublished > 0 : reached;
}

async function restartEdge(
  run: CrashRun,
  { point, delayMs }: PlannedCycle,
  shop: CrashShop,
): Promise<boolean> {
  const again = point === 'edge-starting';
  run.kills.edge += again ? 2 : 1;
  const copy = copyDatabase(shop.dataFolder, STORE_FILE);
  const starting = restart(shop.process, again ? delayMs * EDGE_START_FACTOR : undefined);
  addFindings(
    run.found,
    copy.read((db) => checkStore(db, shop)),
  );
  return starting;
}

/** What was not answered is asked again with the same key, as a nervous cashier does. */
async function repeatUnanswered(shop: CrashShop): Promise<void> {
  await Promise.all(unanswered(shop.ledger).map((operation) => repeat(shop, operation)));
}

async function repeatSome({ url, ledger }: CrashShop): Promise<void> {
  const last = [...ledger.acknowledged.values()].slice(-REPEATED);
  await Promise.all(last.map(({ operation }) => repeat({ url, ledger }, operation)));
}

async function repeat(
  { url, ledger }: Pick<CrashShop, 'url' | 'ledger'>,
  operation: Parameters<typeof acknowledge>[1],
) {
  const { key, path, body } = operation;
  try {
    acknowledge(
      ledger,
      operation,
      await askShop(`${url}${path}`, { method: 'POST', idempotencyKey: key, body }),
    );
  } catch (error) {
    if (!ledger.acknowledged.has(key)) ledger.issued.delete(key);
    ledger.refused.push(`${operation.kind} ${key} at its repeat: ${error}`);
  }
}

/** Asks the shop for each sale and return of the keys: it must show what it answered then. */
export async function checkAnswers(run: CrashRun, shop: CrashShop, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    const acknowledged = shop.ledger.acknowledged.get(key);
    if (!acknowledged || acknowledged.kind === 'delivery') continue;
    const { answer } = acknowledged;
    const shown = await askShop(`${shop.url}/v1/sales/${answer.saleId}`, { method: 'GET' }).catch(String);
    if (isDeepStrictEqual(shown, answer)) continue;
    addFindings(run.found, { ...noFindings(), lost: [`${shop.name}: ${acknowledged.kind} ${key}`] });
  }
}
