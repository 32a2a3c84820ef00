import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { freePort } from '../network/free-port.ts';

const root = join(import.meta.dirname, '../..');

test('npm start opens a shop; a sale made while the hub is off reaches it once it is on again', async () => {
  const home = mkdtempSync(join(tmpdir(), 'butik-start-'));
  const [hubPort, shopPort] = [await freePort(), await freePort()];
  const started = spawn(process.execPath, [join(root, 'scripts/start.ts')], {
    env: { ...process.env, BUTIK_HOME: home, BUTIK_HUB_PORT: String(hubPort), BUTIK_PORT: String(shopPort) },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  const lines = createInterface({ input: started.stdout });
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => said.some((line) => line.includes(text)) && resolve();
      lines.on('line', look);
      started.once('exit', () =>
        reject(new Error(`npm start ended before it said "${text}":\n${said.join('\n')}`)),
      );
      look();
    });
  lines.on('line', (line) => said.push(line));

  try {
    await says('Pull the plug');
    const shop = `http://127.0.0.1:${shopPort}`;
    expect((await fetch(`${shop}/`)).headers.get('content-type')).toContain('text/html');
    const coffee = await firstProductWithPrice(shop);

    started.stdin.write('h\n');
    await says('The hub is off.');
    const sale = await sell(shop, coffee);
    expect(sale.receipt.number).toBe(1);
    expect((await unsent(shop)).sales).toBe(1);

    started.stdin.write('h\n');
    await says('The hub is on.');
    while ((await unsent(shop)).facts > 0) await wait(50);
    const token = readFileSync(join(home, 'hub/operator-token'), 'utf8').trim();
    const authorization = `Bearer ${token}`;
    let orders: { orderId: string; totalMinor: number }[] = [];
    while (orders.length === 0) {
      const answer = await fetch(`http://127.0.0.1:${hubPort}/v1/orders`, { headers: { authorization } });
      orders = ((await answer.json()) as { items: typeof orders }).items;
    }
    expect(orders).toEqual([expect.objectContaining({ orderId: sale.saleId, totalMinor: sale.totalMinor })]);
  } finally {
    started.kill('SIGTERM');
    await new Promise((resolve) =>
      started.exitCode === null ? started.once('exit', resolve) : resolve(null),
    );
    rmSync(home, { recursive: true, force: true });
  }
}, 240_000);

test('npm start with a taken shop port ends with exit 1, and leaves no process behind', async () => {
  const home = mkdtempSync(join(tmpdir(), 'butik-start-'));
  const taken = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  try {
    const started = spawnStart(home, await freePort(), port);
    let said = '';
    started.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    expect(await exitOf(started)).toBe(1);
    expect(said).toContain('BUTIK_PORT');
    expect(pidsWithin(home)).toEqual([]);
  } finally {
    endAll(home);
    await new Promise((resolve) => taken.close(resolve));
    rmSync(home, { recursive: true, force: true });
  }
}, 240_000);

test('npm start that is told to end half way takes the hub along', async () => {
  const home = mkdtempSync(join(tmpdir(), 'butik-start-'));
  try {
    const started = spawnStart(home, await freePort(), await freePort());
    const lines = createInterface({ input: started.stdout as NonNullable<ChildProcess['stdout']> });
    for await (const line of lines) if (line.includes('Importing')) break;
    expect(pidsWithin(home)).toHaveLength(1);
    started.kill('SIGTERM');
    expect(await exitOf(started)).toBe(0);
    expect(pidsWithin(home)).toEqual([]);
  } finally {
    endAll(home);
    rmSync(home, { recursive: true, force: true });
  }
}, 240_000);

function spawnStart(home: string, hubPort: number, shopPort: number): ChildProcess {
  return spawn(process.execPath, [join(root, 'scripts/start.ts')], {
    env: { ...process.env, BUTIK_HOME: home, BUTIK_HUB_PORT: String(hubPort), BUTIK_PORT: String(shopPort) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}

/** The hub and the shop of this home name a folder of it in their command line. */
function pidsWithin(home: string): number[] {
  return commandLines()
    .filter(({ command }) => command.includes(`${home}/`))
    .map(({ pid }) => pid);
}

/** Of every process: from /proc, which a small container has and ps it may not; elsewhere from ps. */
function commandLines(): { pid: number; command: string }[] {
  if (existsSync('/proc/self/cmdline')) {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => ({ pid: Number(name), command: commandOf(name) }));
  }
  const list = execFileSync('ps', ['-A', '-o', 'pid=', '-o', 'args='], { encoding: 'utf8' });
  return list.split('\n').map((line) => ({ pid: Number.parseInt(line, 10), command: line }));
}

/** Empty for a process that has ended meanwhile. */
function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

function endAll(home: string): void {
  for (const pid of pidsWithin(home)) process.kill(pid, 'SIGKILL');
}

async function firstProductWithPrice(shop: string): Promise<{ productId: string; priceMinor: number }> {
  for (;;) {
    const answer = await fetch(`${shop}/v1/products?limit=20`);
    const { items } = (await answer.json()) as {
      items: { productId: string; unit: string; priceMinor: number | null }[];
    };
    const found = items.find((item) => item.unit === 'piece' && item.priceMinor !== null);
    if (found) return { productId: found.productId, priceMinor: found.priceMinor as number };
    // The catalogue is on its way down; the till shows it as soon as it has come.
    await wait(50);
  }
}

async function sell(shop: string, product: { productId: string; priceMinor: number }) {
  const answer = await fetch(`${shop}/v1/sales`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify({
      lines: [{ productId: product.productId, quantity: 2 }],
      tenders: [{ type: 'external', amountMinor: 2 * product.priceMinor }],
    }),
  });
  expect(answer.status).toBe(201);
  return (await answer.json()) as { saleId: string; totalMinor: number; receipt: { number: number } };
}

async function unsent(shop: string): Promise<{ facts: number; sales: number }> {
  const answer = await fetch(`${shop}/v1/sync`);
  return ((await answer.json()) as { unsent: { facts: number; sales: number } }).unsent;
}
