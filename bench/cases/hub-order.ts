import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { callHub } from '../../hub/cli/hub-client.ts';
import { dynamodb } from '../../scripts/engines/dynamodb.ts';
import type { FoundEngine } from '../../scripts/engines/engine.ts';
import { postgres } from '../../scripts/engines/postgres.ts';
import { rabbitmq } from '../../scripts/engines/rabbitmq.ts';
import { redis } from '../../scripts/engines/redis.ts';
import { type Benchmark, type BenchmarkCase, percentile } from '../benchmark.ts';
import { type HubUnderLoad, orderOf } from '../load/hub-under-load.ts';
import { orderLoad } from '../load/order-load.ts';
import { type OrderPeers, startPeers } from '../load/order-peers.ts';
import type { OrderWrites } from '../load/order-writes.ts';
import { type Load, postLoad } from '../load/post-load.ts';
import { recordOrder } from '../load/record-order.ts';
import { startBank } from '../load/simulated-bank.ts';

const ROUNDS = 3;
const WARM_UP = 200;
const CLIENTS = [
  { clients: 1, orders: 60 },
  { clients: 16, orders: 320 },
] as const;
const QUIET_WITHIN_MS = 120_000;
const POLL_MS = 100;

const goods = { shopId: uuidv7(), productId: uuidv7() };
const body = orderOf(goods);
type Say = (line: string) => void;

export const hubOrder: Benchmark = {
  name: 'hub-order',
  what: 'POST /v1/orders until the order is confirmed (reserved, paid at a bank that pays at once, confirmed), beside a bare Fastify handler that makes the same writes one after the other',
  async run(say, { rounds = ROUNDS }) {
    const folder = mkdtempSync(join(tmpdir(), 'butik-bench-'));
    const found: FoundEngine[] = [];
    const closers: (() => Promise<void>)[] = [];
    try {
      for (const engine of [postgres, rabbitmq, redis, dynamodb]) {
        found.push(await engine.find(process.env[engine.variable]));
      }
      const [database, broker, keys, documents] = found.map(({ address }) => address);
      const addresses = { postgres: database!, rabbitmq: broker!, redis: keys!, dynamodb: documents! };
      const bank = await startBank();
      closers.push(bank.close);
      const writes = await recordOrder(addresses, {
        folder: join(folder, 'recorded'),
        goods,
        bankUrl: bank.url,
      });
      say(`  one order writes ${describe(writes)}`);
      const given = { goods, writes, bankUrl: bank.url, rounds };
      return [
        ...(await measure('embedded', folder, given, say)),
        ...(await measure('real engines', folder, { ...given, addresses }, say)),
      ];
    } finally {
      for (const close of closers) await close();
      for (const { stop } of found) await stop?.();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function measure(
  name: string,
  folder: string,
  given: Parameters<typeof startPeers>[1] & { rounds: number },
  say: Say,
): Promise<BenchmarkCase[]> {
  const own = join(folder, name.replaceAll(' ', '-'));
  mkdirSync(own);
  const peers = await startPeers(own, given);
  try {
    await orderLoad(peers.hub.address, body, 8, WARM_UP);
    await postLoad(`${peers.bareUrl}/v1/orders`, body, 8, WARM_UP);
    let ordered: number = WARM_UP;
    const count = (orders: number) => (ordered += orders);
    const cases: BenchmarkCase[] = [];
    for (const one of CLIENTS) {
      cases.push(await measureCase(name, peers, { ...one, rounds: given.rounds, count, say }));
    }
    return cases;
  } finally {
    await peers.close();
  }
}

interface CaseOptions {
  clients: number;
  orders: number;
  rounds: number;
  /** Adds orders to those that the hub has had; answers how many those are. */
  count(orders: number): number;
  say: Say;
}

/** Hub and bare handler in turn, several rounds, the median ratio: a noisy machine hits both alike. */
async function measureCase(
  name: string,
  { hub, bareUrl }: OrderPeers,
  { clients, orders, count, say, ...one }: CaseOptions,
): Promise<BenchmarkCase> {
  const title = `${name}, ${clients} client${clients > 1 ? 's' : ''}`;
  const rounds: { bare: Load; hub: Load; ratio: number }[] = [];
  await isQuiet(hub, count(0));
  for (let round = 1; round <= one.rounds; round++) {
    const bare = await postLoad(`${bareUrl}/v1/orders`, body, clients, orders);
    const load = await orderLoad(hub.address, body, clients, orders);
    await isQuiet(hub, count(orders));
    rounds.push({ bare, hub: load, ratio: load.perSecond / bare.perSecond });
    say(
      `  ${title}, round ${round}: bare ${bare.perSecond.toFixed(0)}/s, hub ${load.perSecond.toFixed(1)}/s`,
    );
  }
  const median = rounds.toSorted((a, b) => a.ratio - b.ratio)[Math.floor(one.rounds / 2)]!;
  return {
    case: title,
    value: median.hub.perSecond,
    unit: 'orders/s',
    p50Ms: percentile(median.hub.latenciesMs, 0.5),
    p99Ms: percentile(median.hub.latenciesMs, 0.99),
    peer: 'bare Fastify',
    peerValue: median.bare.perSecond,
    ratio: median.ratio,
  };
}

/** Waits until the customers of all orders have their mails: what still runs would disturb the other's round. */
async function isQuiet({ address }: HubUnderLoad, orders: number): Promise<void> {
  const giveUp = Date.now() + QUIET_WITHIN_MS;
  while (Date.now() < giveUp) {
    const { items } = await callHub<{ items: { number: number }[] }>(address, 'GET', '/v1/mailbox?limit=1');
    if ((items[0]?.number ?? 0) >= orders) return;
    await wait(POLL_MS);
  }
  throw new Error(`not all of ${orders} mails came`);
}

function describe({ writes }: OrderWrites): string {
  const requests = writes.flatMap((write) => (write.engine === 'documents' ? [write] : []));
  const transactions = writes.flatMap((write) => (write.engine === 'sql' ? [write] : []));
  const bytes = requests.reduce((sum, request) => sum + Buffer.byteLength(request.body), 0);
  const statements = transactions.reduce((sum, one) => sum + one.statements.length, 0);
  return `${requests.length} requests to DynamoDB (${bytes} bytes) and ${transactions.length} SQL transactions (${statements} statements)`;
}
