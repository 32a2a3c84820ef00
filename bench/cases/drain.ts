import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STORE_FILE } from '../../edge/src/store/store.ts';
import type { Benchmark, BenchmarkCase } from '../benchmark.ts';
import { median } from '../load/median.ts';
import { drainShop, type OfflineShop, prepareOfflineShop } from '../load/offline-shop.ts';
import { runScript } from '../load/run-script.ts';
import type { Applied } from '../load/watch-applying.ts';
import { measurePouchdb } from '../peers/measure-pouchdb.ts';

const SALES = 100_000;
const ROUNDS = 3;
/** Aims of DESIGN §9. */
const LEAST_OF_INSERTS = 0.5;
const LEAST_OF_POUCHDB = 3;
const INSERT_SCRIPT = join(import.meta.dirname, '../load/insert-payloads.ts');

/** Sales a second. */
interface Round {
  drained: number;
  inserted: number;
  ratio: number;
}

export const drain: Benchmark = {
  name: 'drain',
  what: 'sales of three lines that a shop made offline, until all are in the hub’s journal and it has said so, beside inserting their payloads, and beside PouchDB',
  async run(say, { rows: sales = SALES, rounds: count = ROUNDS }) {
    const folder = mkdtempSync(join(tmpdir(), 'butik-bench-'));
    const shop = await prepareOfflineShop(folder, sales, say);
    try {
      const rounds: Round[] = [];
      let applied: Applied | undefined;
      for (let round = 1; round <= count; round++) {
        const inserted = sales / (await insertPayloads(shop, folder));
        const done = await drainShop(shop, join(folder, `round-${round}`), round === count);
        const drained = sales / done.seconds;
        applied = done.applied;
        rounds.push({ drained, inserted, ratio: drained / inserted });
        say(`  round ${round}: inserts ${inserted.toFixed(0)} sales/s, Butik ${drained.toFixed(0)} sales/s`);
      }
      const push = { store: join(shop.box, STORE_FILE) };
      const documents = await measurePouchdb(folder, { push }, say);
      const middle = median(rounds, ({ ratio }) => ratio);
      return casesOf(shop, middle, documents, applied);
    } finally {
      await shop.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Seconds that the hub's engine takes for the same payloads in the same batches. */
async function insertPayloads(shop: OfflineShop, folder: string): Promise<number> {
  const args = [join(shop.box, STORE_FILE), join(folder, 'payloads')];
  const { payloads, seconds } = await runScript<{ payloads: number; seconds: number }>(
    INSERT_SCRIPT,
    args,
    folder,
  );
  rmSync(join(folder, 'payloads'), { recursive: true, force: true });
  if (payloads !== shop.facts) throw new Error(`${payloads} payloads were inserted of ${shop.facts}`);
  return seconds;
}

function casesOf(
  { facts, sales, engine }: OfflineShop,
  { drained, inserted }: Round,
  documents: number | undefined,
  applied: Applied | undefined,
): BenchmarkCase[] {
  const beside = (peer: string, peerValue: number, least: number): BenchmarkCase => {
    const ratio = drained / peerValue;
    const [aim, met] = [`≥ ${least} ×`, ratio >= least];
    return { case: `drained, ${engine}`, value: drained, unit: 'sales/s', peer, peerValue, ratio, aim, met };
  };
  const cases = [beside('inserts', inserted, LEAST_OF_INSERTS)];
  if (documents !== undefined) cases.push(beside('PouchDB', (documents * sales) / facts, LEAST_OF_POUCHDB));
  if (applied)
    cases.push({ case: 'applied afterwards', value: (applied.perSecond * sales) / facts, unit: 'sales/s' });
  return cases;
}
