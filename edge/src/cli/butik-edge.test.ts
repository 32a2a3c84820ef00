import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { v7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkBooks } from '../testing/check-books.ts';
import { openTestEdge, type TestEdge } from '../testing/open-test-edge.ts';

const SCRIPT = fileURLToPath(new URL('butik-edge.ts', import.meta.url));
const SOAP = { id: '01990000-0000-7000-8000-000000000001', code: 'TVÅL', name: 'Tvål', priceMinor: 2500 };
const SALE = { lines: [{ code: 'TVÅL', quantity: 1 }], tenders: [{ type: 'cash', amountMinor: 2500 }] };
const TIMEOUT_MS = 120_000;

let shop: TestEdge;
let children: ChildProcess[];

beforeEach(async () => {
  children = [];
  shop = await openTestEdge([SOAP]);
  await shop.edge.close();
});
afterEach(async () => {
  await Promise.all(children.map((child) => end(child, 'SIGKILL')));
  rmSync(shop.dataFolder, { recursive: true, force: true });
});

function run(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
  return child.exitCode;
}

async function openShop(): Promise<{ child: ChildProcess; url: string }> {
  const child = run('run', '--data', shop.dataFolder, '--port', '0', '--log-level', 'error');
  child.stderr!.resume();
  for await (const line of createInterface({ input: child.stdout! })) {
    const url = /^shop open at (http\S+)$/.exec(line)?.[1];
    if (url !== undefined) return { child, url };
  }
  throw new Error('the shop ended before it was open');
}

async function post(url: string, key: string): Promise<{ saleId: string; receipt: { number: number } }> {
  const response = await fetch(`${url}/v1/sales`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(SALE),
  });
  expect(response.status).toBe(201);
  return response.json() as Promise<{ saleId: string; receipt: { number: number } }>;
}

async function outcome(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  const ended = once(child, 'exit');
  const [out, err] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  await ended;
  return { code: child.exitCode, out, err };
}

describe('butik-edge run', () => {
  test(
    'killed again and again in the middle of sales, it loses none that it acknowledged and doubles none',
    async () => {
      const acknowledged = new Map<string, string>();
      const unsure = new Set<string>();
      for (const killAfter of [1, 7, 20, 33]) {
        const { child, url } = await openShop();
        for (const key of unsure) acknowledged.set(key, (await post(url, key)).saleId);
        unsure.clear();
        const till = async () => {
          for (;;) {
            const key = v7();
            unsure.add(key);
            const sale = await post(url, key);
            unsure.delete(key);
            acknowledged.set(key, sale.saleId);
            if (acknowledged.size >= killAfter) child.kill('SIGKILL');
          }
        };
        await Promise.allSettled([till(), till(), till(), till()]);
        await end(child, 'SIGKILL');
      }
      const { child, url } = await openShop();
      for (const [key, saleId] of acknowledged) expect((await post(url, key)).saleId).toBe(saleId);
      for (const key of unsure) acknowledged.set(key, (await post(url, key)).saleId);
      expect(await end(child, 'SIGTERM')).toBe(0);

      await shop.reopen();
      const { db } = shop.edge.store;
      expect(checkBooks(db, shop.identity)).toEqual({ sales: acknowledged.size });
      const stored = db.prepare('SELECT sale_id FROM sales').pluck().all();
      expect(new Set(stored)).toEqual(new Set(acknowledged.values()));
      expect(acknowledged.size).toBeGreaterThanOrEqual(33);
      await shop.edge.close();
    },
    TIMEOUT_MS,
  );

  test(
    'its status is told to people and to programs',
    async () => {
      const { url } = await openShop();
      await post(url, v7());
      const asJson = await outcome(run('status', '--url', url, '--json'));
      expect(JSON.parse(asJson.out)).toMatchObject({
        shop: { name: 'Butiken i Byn' },
        sync: { hub: 'unreachable', unsent: { sales: 1 } },
      });
      const asText = await outcome(run('status', '--url', url));
      expect(asText.out).toContain('unsent     1 sales, 2 facts');
    },
    TIMEOUT_MS,
  );
});

describe('what goes wrong is said with code and remedy, and ends with 1', () => {
  test.each([
    ['a box without identity', ['run', '--data', '{empty}'], 'NOT_ENROLLED'],
    ['a port that is none', ['run', '--port', '99999'], 'REQUEST_INVALID'],
    ['a shop that is not open', ['status', '--url', 'http://127.0.0.1:9'], 'SERVICE_UNAVAILABLE'],
    [
      'a box that has an identity already',
      ['enrol', '--hub', 'http://127.0.0.1:9', '--token', 'x', '--data', '{shop}'],
      'ALREADY_ENROLLED',
    ],
  ])(
    '%s',
    async (_what, args, code) => {
      const folders: Record<string, string> = {
        '{empty}': `${shop.dataFolder}/empty`,
        '{shop}': shop.dataFolder,
      };
      const result = await outcome(run(...args.map((arg) => folders[arg] ?? arg)));
      expect(result.code).toBe(1);
      expect(result.err).toContain(`${code}: `);
      expect(result.err).toContain('remedy: ');
    },
    TIMEOUT_MS,
  );
});
