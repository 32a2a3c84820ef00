import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { STORE_FILE } from '../../edge/src/store/store.ts';
import type { Benchmark, BenchmarkCase } from '../benchmark.ts';
import { fillFeed } from '../load/fill-feed.ts';
import { type Gate, openGate } from '../load/gate.ts';
import { makeHubStore } from '../load/hub-store.ts';
import { type HubUnderLoad, planHub } from '../load/hub-under-load.ts';
import { median } from '../load/median.ts';
import { copyIdentity, enrolBox, planEdge } from '../load/plan-edge.ts';
import { residentMemory } from '../load/resident-memory.ts';
import { runScript, startScript } from '../load/run-script.ts';
import { syncReaches } from '../load/sync-reaches.ts';
import { measurePouchdb } from '../peers/measure-pouchdb.ts';

const PRODUCTS = 100_000;
const ROUNDS = 3;
/** Aims of DESIGN §9. */
const LEAST_OF_JSON = 0.35;
const LEAST_OF_POUCHDB = 12;
const MOST_MB = 200;
/** What a shop is left alone for before its memory is looked at again. */
const SETTLE_MS = 5_000;
const JSON_PAGE_ROWS = 10_000;
const JSON_SERVER = join(import.meta.dirname, '../load/serve-json-rows.ts');
const JSON_CLIENT = join(import.meta.dirname, '../load/load-json-rows.ts');

interface Loaded {
  perSecond: number;
  memory?: { beforeMb: number; peakMb: number; afterMb: number; searchedMb: number };
}

interface Round extends Loaded {
  json: number;
  ratio: number;
}

export const firstLoad: Benchmark = {
  name: 'first-load',
  what: 'a hub’s products, with a price each, to a shop that has none yet, beside the same rows read as JSON and inserted, and beside PouchDB',
  async run(say, { rows: products = PRODUCTS, rounds: count = ROUNDS }) {
    const folder = mkdtempSync(join(tmpdir(), 'butik-bench-'));
    const gate = await openGate();
    const store = await makeHubStore(join(folder, 'hub'));
    const hub = await planHub(store.folder, store.settings);
    try {
      await hub.process.start();
      gate.open(portOf(hub.address.hub));
      await enrolBox(hub.address, gate.url, join(folder, 'box'));
      await hub.process.stop();
      say(`  ${products} products and as many prices into a hub on ${store.engine} …`);
      const sql = await store.openSql();
      await fillFeed(sql, products).finally(() => sql.close());
      await hub.process.start();

      const first = await loadShop(folder, 'first', { gate, hub, products });
      say(`  the first shop, for which the hub makes its snapshot: ${first.perSecond.toFixed(0)} rows/s`);
      const rounds: Round[] = [];
      for (let round = 1; round <= count; round++) {
        const json = await loadJson(folder, `json-${round}`, { gate, products });
        const loaded = await loadShop(folder, `shop-${round}`, { gate, hub, products });
        rounds.push({ ...loaded, json, ratio: loaded.perSecond / json });
        say(`  round ${round}: JSON ${json.toFixed(0)} rows/s, Butik ${loaded.perSecond.toFixed(0)} rows/s`);
      }
      await hub.process.stop();
      const pouchdb = await measurePouchdb(folder, { pull: { products } }, say);
      return casesOf(first, rounds, pouchdb);
    } finally {
      await gate.close();
      await hub.process.kill();
      await store.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** From the moment the line is open, to a box that stands ready, until everything is in its store at once. */
async function loadShop(
  folder: string,
  name: string,
  { gate, hub, products }: { gate: Gate; hub: HubUnderLoad; products: number },
): Promise<Loaded> {
  const dataFolder = join(folder, name);
  copyIdentity(join(folder, 'box'), dataFolder);
  const edge = await planEdge(dataFolder);
  gate.hold();
  await edge.process.start();
  try {
    const before = residentMemory(edge.process.pid);
    const startedAt = performance.now();
    gate.open(portOf(hub.address.hub));
    await syncReaches(edge.url, ({ down }) => down.position !== null);
    const perSecond = (2 * products * 1000) / (performance.now() - startedAt);
    await wait(SETTLE_MS);
    const settled = residentMemory(edge.process.pid);
    await (await fetch(`${edge.url}/v1/products?q=vara&limit=50`)).arrayBuffer();
    const searched = residentMemory(edge.process.pid);
    await edge.process.stop();
    countRows(dataFolder, products);
    if (!before || !settled || !searched) return { perSecond };
    return {
      perSecond,
      memory: {
        beforeMb: before.nowMb,
        peakMb: settled.peakMb,
        afterMb: settled.nowMb,
        searchedMb: searched.nowMb,
      },
    };
  } finally {
    await edge.process.stop();
  }
}

/** Throws unless everything has come. The store is its process's alone while that runs. */
function countRows(dataFolder: string, products: number): void {
  const db = new Database(join(dataFolder, STORE_FILE), { readonly: true });
  for (const table of ['products', 'prices']) {
    const rows = db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get();
    if (rows !== products) throw new Error(`${rows} of ${products} ${table} are in the store`);
  }
  db.close();
}

/** The same rows through the same line, by a process that does nothing else. */
async function loadJson(
  folder: string,
  name: string,
  { gate, products }: { gate: Gate; products: number },
): Promise<number> {
  mkdirSync(join(folder, name));
  const server = await startScript<{ port: number }>(
    JSON_SERVER,
    [String(products), String(JSON_PAGE_ROWS)],
    folder,
  );
  try {
    gate.hold();
    gate.open(server.told.port);
    const args = [gate.url, join(folder, name, 'rows.db'), join(folder, 'first', STORE_FILE)];
    const { rows, seconds } = await runScript<{ rows: number; seconds: number }>(JSON_CLIENT, args, folder);
    if (rows !== 2 * products) throw new Error(`${rows} rows came as JSON instead of ${2 * products}`);
    return rows / seconds;
  } finally {
    await server.stop();
  }
}

function casesOf(first: Loaded, rounds: readonly Round[], pouchdb: number | undefined): BenchmarkCase[] {
  const middle = median(rounds, ({ ratio }) => ratio);
  const value = middle.perSecond;
  const unit = 'rows/s';
  const beside = (peer: string, peerValue: number, least: number) => {
    const ratio = value / peerValue;
    return { value, unit, peer, peerValue, ratio, aim: `≥ ${least} ×`, met: ratio >= least };
  };
  const cases: BenchmarkCase[] = [
    { case: 'first shop of a hub', value: first.perSecond, unit },
    { case: 'shop', ...beside('JSON over HTTP', middle.json, LEAST_OF_JSON) },
  ];
  if (pouchdb !== undefined) cases.push({ case: 'shop', ...beside('PouchDB', pouchdb, LEAST_OF_POUCHDB) });
  const before = first.memory?.beforeMb;
  if (before !== undefined) cases.push({ case: 'memory, before', value: before, unit: 'MB' });
  for (const [name, key] of [
    ['memory, peak', 'peakMb'],
    ['memory, after', 'afterMb'],
    ['memory, after a search', 'searchedMb'],
  ] as const) {
    const seen = rounds.flatMap(({ memory }) => (memory ? [memory[key]] : []));
    if (seen.length === 0) continue;
    const mb = median(seen, (one) => one);
    cases.push({ case: name, value: mb, unit: 'MB', aim: `≤ ${MOST_MB} MB`, met: mb <= MOST_MB });
  }
  return cases;
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
