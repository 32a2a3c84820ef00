import { join } from 'node:path';
import type { NetworkShop } from '../../e2e/network/start-network.ts';
import { type Benchmark, type BenchmarkCase, percentile } from '../benchmark.ts';
import { insertRawRows } from '../load/insert-raw-rows.ts';
import { learnRawRows } from '../load/learn-raw-rows.ts';
import { postLoad } from '../load/post-load.ts';
import type { RawRows } from '../load/raw-rows.ts';
import { threeLineSale } from '../load/three-line-sale.ts';
import { withShop } from '../load/with-shop.ts';

/** A till's process runs for weeks: what is measured is code that the engine has had time to compile. */
const WARM_UP = 4_000;
const ROUNDS = 5;
/** Aims of DESIGN §9. */
const CASES = [
  { clients: 1, sales: 2_000, leastRatio: 0.4 },
  { clients: 8, sales: 3_000, mostP99Ms: 20 },
  { clients: 32, sales: 5_000, leastRatio: 1 },
] as const;

export const sale: Benchmark = {
  name: 'sale',
  what: 'one sale of three lines over HTTP, durable when answered, beside a raw SQLite transaction of the same rows',
  run: (say) =>
    withShop(async (shop) => {
      const body = await threeLineSale(shop.url);
      const rows = await learnRawRows(shop, body);
      await postLoad(`${shop.url}/v1/sales`, body, 8, WARM_UP);
      const cases: BenchmarkCase[] = [];
      for (const one of CASES) cases.push(await measureCase(shop, body, rows, one, say));
      return cases;
    }),
};

/** Raw and HTTP in turn, several rounds, the median ratio: a noisy machine hits both alike. */
async function measureCase(
  shop: NetworkShop,
  body: string,
  rows: RawRows,
  one: (typeof CASES)[number],
  say: (line: string) => void,
): Promise<BenchmarkCase> {
  const rounds: { raw: number; http: number; ratio: number; latenciesMs: number[] }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const raw = insertRawRows(join(shop.dataFolder, 'raw.db'), rows, one.sales);
    const load = await postLoad(`${shop.url}/v1/sales`, body, one.clients, one.sales);
    rounds.push({ raw, http: load.perSecond, ratio: load.perSecond / raw, latenciesMs: load.latenciesMs });
    say(
      `  ${one.clients} clients, round ${round + 1}: raw ${raw.toFixed(0)}/s, HTTP ${load.perSecond.toFixed(0)}/s`,
    );
  }
  const median = rounds.toSorted((a, b) => a.ratio - b.ratio)[
    Math.floor(ROUNDS / 2)
  ] as (typeof rounds)[number];
  const p99Ms = percentile(median.latenciesMs, 0.99);
  const aims = [
    ...('leastRatio' in one ? [{ text: `≥ ${one.leastRatio} ×`, met: median.ratio >= one.leastRatio }] : []),
    ...('mostP99Ms' in one ? [{ text: `p99 ≤ ${one.mostP99Ms} ms`, met: p99Ms <= one.mostP99Ms }] : []),
  ];
  return {
    case: `${one.clients} client${one.clients > 1 ? 's' : ''}`,
    value: median.http,
    unit: 'sales/s',
    p50Ms: percentile(median.latenciesMs, 0.5),
    p99Ms,
    peer: 'raw SQLite',
    peerValue: median.raw,
    ratio: median.ratio,
    aim: aims.map((aim) => aim.text).join(', '),
    met: aims.every((aim) => aim.met),
  };
}
