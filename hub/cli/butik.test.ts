import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { EnrolResponse } from '@butik/proto/facts/sync-wire';
import { pino } from 'pino';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { hubConfigSchema } from '../src/config/config.ts';
import { type Hub, startHub } from '../src/hub.ts';
import { openBox, type TestBox } from '../src/intake/testing/test-box.ts';
import { SERVICES } from '../src/services/registry.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const [BUTIK, BUTIK_HUB] = ['butik.ts', 'butik-hub.ts'].map((file) =>
  fileURLToPath(new URL(file, import.meta.url)),
) as [string, string];
const TOKEN = 'a-token-of-head-office-for-these-tests';

let folder: string;
let hub: Hub;
/** Whether the consumer `bonus` cannot take events about shops. */
let bonusIsBroken = false;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'butik-cli-'));
  const orders = SERVICES.find(({ name }) => name === 'order')!;
  const start = orders.start;
  const bonus = { consumer: 'bonus', types: ['ShopChanged'] };
  Object.assign(orders, { consumes: [...orders.consumes, bonus] });
  vi.spyOn(orders, 'start').mockImplementation(async (...given) => {
    const instance = await start(...given);
    const handle = async () => {
      if (bonusIsBroken) throw new Error('no bonus today');
    };
    return { ...instance, subscriptions: [...instance.subscriptions, { ...bonus, handle }] };
  });
  const config = hubConfigSchema.parse({ dataFolder: join(folder, 'hub'), port: 0, operatorToken: TOKEN });
  hub = await startHub(config, { logger: pino({ level: 'silent' }) });
});
afterAll(async () => {
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

async function run(script: string, args: string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
  });
  const ended = once(child, 'exit');
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await ended;
  return { code: child.exitCode, out: out.trimEnd(), err: err.trimEnd() };
}

const butik = (...args: string[]) =>
  run(BUTIK, args, { BUTIK_HUB_URL: hub.url, BUTIK_OPERATOR_TOKEN: TOKEN });

async function json<T>(...args: string[]): Promise<T> {
  const { code, out, err } = await butik('--json', ...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as T;
}

async function makeShop(name: string): Promise<string> {
  return (await json<{ shopId: string }>('shop', 'create', '--name', name)).shopId;
}

describe('butik shop', () => {
  test('makes a shop, lists it and gives its box a token', async () => {
    const made = await butik('shop', 'create', '--name', 'Hörnan', '--org-number', '556000-0000');
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toMatch(/^[0-9a-f-]{36} {2}Hörnan$/);
    const shopId = made.out.split(' ')[0]!;
    expect((await butik('shop', 'list')).out.split('\n')).toContain(`${shopId}  SE SEK  Hörnan`);
    const enrol = await butik('shop', 'enrol', shopId);
    const [token, until, command] = enrol.out.split('\n');
    expect(token).toMatch(/^[\w-]{32}$/);
    expect(until).toMatch(/^valid until \d{4}-/);
    expect(command).toBe(`  butik-edge enrol --hub ${hub.url} --token ${token}`);
  });

  test('lists all shops, however many pages they are', async () => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    for (let number = 1; number <= 201; number++) {
      const body = JSON.stringify({ name: `Kedja ${number}` });
      expect((await fetch(`${hub.url}/v1/shops`, { method: 'POST', headers, body })).status).toBe(201);
    }
    const { items } = await json<{ items: { name: string }[] }>('shop', 'list');
    expect(items.filter(({ name }) => name.startsWith('Kedja '))).toHaveLength(201);
  });

  test('says what is wrong with a request, and what to do, and ends with 1', async () => {
    const refused = await butik('shop', 'create', '--name', 'Hörnan', '--country', 'XX');
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('REQUEST_INVALID: ');
    expect(refused.err).toContain('No VAT rates are known for this country.');
    expect(refused.err).toContain('  remedy: Correct the fields named in `details.fields`');
    expect((await butik('shop', 'enrol', v7())).err).toContain('SHOP_NOT_FOUND');
  });
});

describe('butik catalogue import', () => {
  async function file(name: string, content: string | Uint8Array): Promise<string> {
    await writeFile(join(folder, name), content);
    return name;
  }

  test('takes a good file and tells what became of it', async () => {
    const good = await file('good.csv', 'code,name,price,vat\nA-1,Ett,10.00,food\nA-2,Två,20.00,food\n');
    expect(await butik('catalogue', 'import', good)).toEqual({
      code: 0,
      out: 'completed: 2 rows: 2 created, 0 updated, 0 unchanged, 0 rejected',
      err: '',
    });
  });

  test('refuses a file whole with --strict, and names its bad rows', async () => {
    const bad = await file('bad.csv', 'code,name,price\nB-1,Ett,10.00\nB-2,,20.00\nB-3,Tre,tio,kr\n');
    const refused = await butik('catalogue', 'import', bad, '--strict');
    expect(refused.code).toBe(1);
    expect(refused.out.split('\n')).toEqual([
      'refused: 3 rows: 0 created, 0 updated, 0 unchanged, 2 rejected',
      expect.stringMatching(/^IMPORT_REFUSED: /),
      '  row 3: name: The name is missing.',
      expect.stringMatching(/^ {2}row 4: The row has more cells/),
    ]);
    expect((await butik('catalogue', 'import', bad)).out).toContain('1 created');
  });

  test('refuses a file that is not what its name says, and one that is not there', async () => {
    const page = await file('page.csv', '<!doctype html><html><body>Not found</body></html>');
    const refused = await butik('catalogue', 'import', page);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('IMPORT_FILE_NOT_WHAT_IT_SAYS: ');
    expect((await butik('catalogue', 'import', 'missing.csv')).err).toContain(
      'REQUEST_INVALID: The file missing.csv cannot be read.',
    );
  });

  test('reads a Norwegian file by Norwegian rules when told to', async () => {
    const norwegian = await file('norsk.csv', 'code,name,price,vat\nN-1,Brunost,89.00,15 %\nN-2,Bok,99,\n');
    expect(await butik('catalogue', 'import', norwegian)).toMatchObject({
      out: expect.stringContaining('1 rejected'),
    });
    const options = ['--country', 'NO', '--currency', 'NOK', '--vat', 'culture'];
    expect(await butik('catalogue', 'import', norwegian, ...options)).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 created, 1 updated, 0 unchanged, 0 rejected'),
    });
  });
});

describe('butik sync', () => {
  let box: TestBox;
  let shopId: string;
  beforeAll(async () => {
    shopId = await makeShop('Med box');
    box = await enrol((await json<{ token: string }>('shop', 'enrol', shopId)).token);
  });

  async function enrol(token: string): Promise<TestBox> {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const { x } = publicKey.export({ format: 'jwk' });
    const response = await fetch(`${hub.url}/sync/v1/enrol`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, publicKey: { kty: 'OKP', crv: 'Ed25519', x } }),
    });
    expect(response.status).toBe(201);
    const { nodeId, epoch } = (await response.json()) as EnrolResponse;
    return openBox({ nodeId, epoch, privateKey, hubUrl: () => hub.url, nowMs: Date.now, newId: v7 });
  }

  test('tells of an empty house', async () => {
    expect((await butik('sync', 'quarantine', 'list')).out).toBe('Quarantine is empty.');
    expect((await butik('sync', 'quarantine', 'history')).out).toBe(
      'Nothing was retried or written off yet.',
    );
    expect((await butik('sync', 'dead-letters', 'list')).out).toBe('There are no dead letters.');
  });

  test('shows a fact in quarantine, retries it and writes it off, and keeps who did', async () => {
    const [fact] = box.makeFacts(1, { fact: () => ({ type: 'door.opened', aggregate: 'door/1' }) });
    expect((await box.push([fact])).status).toBe(200);
    await hub.idle();
    const { id } = fact!;
    const listed = await butik('sync', 'quarantine', 'list');
    expect(listed).toMatchObject({ code: 0, err: '' });
    const line = `${id}  shop ${shopId}  door.opened 1  door/1  FACT_TYPE_UNKNOWN: `;
    expect(listed.out).toMatch(new RegExp(`^${line}.*\\(0 wait behind it\\)$`));
    expect((await butik('sync', 'status')).out).toMatch(
      new RegExp(`^${shopId} {2}epoch 1 {2}orders .*received 1 {2}waiting 0 {2}quarantined 1 {2}last \\d{4}`),
    );

    expect((await butik('sync', 'quarantine', 'retry', id)).out).toBe(`${id} will be applied again.`);
    await hub.idle();
    expect((await butik('sync', 'quarantine', 'list')).out).toContain('\n  retry by user:operator at ');
    const written = await butik('sync', 'quarantine', 'write-off', id, '--reason', 'the door is gone');
    expect(written).toMatchObject({ code: 0, out: `${id} is written off.` });
    expect((await butik('sync', 'quarantine', 'list')).out).toBe('Quarantine is empty.');
    const [last, first] = (await butik('sync', 'quarantine', 'history')).out.split('\n');
    expect(last).toMatch(/write-off by user:operator at .*Z: the door is gone$/);
    expect(first).toMatch(/retry by user:operator at .*Z$/);

    const again = await butik('sync', 'quarantine', 'retry', id);
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('QUARANTINE_NOT_FOUND') });
    const unreasoned = await butik('sync', 'quarantine', 'write-off', id);
    expect(unreasoned).toMatchObject({ code: 1, err: expect.stringContaining('--reason') });
  });

  test('shows an event that a part could not take, and has it delivered again after the mend', async () => {
    bonusIsBroken = true;
    const unlucky = await makeShop('Utan bonus');
    await hub.idle();
    const listed = await butik('sync', 'dead-letters', 'list');
    expect(listed.out).toMatch(
      new RegExp(`^bonus:.* {2}ShopChanged of .*${unlucky}.* {2}Error: no bonus today$`),
    );
    const id = listed.out.split('  ')[0]!;
    bonusIsBroken = false;
    expect((await butik('sync', 'dead-letters', 'redeliver', id)).code).toBe(0);
    await hub.idle();
    expect((await butik('sync', 'dead-letters', 'list')).out).toBe('There are no dead letters.');
    expect(await butik('sync', 'dead-letters', 'redeliver', id)).toMatchObject({
      code: 1,
      err: expect.stringContaining('DEAD_LETTER_NOT_FOUND'),
    });
  });
});

describe('butik without a hub that answers it', () => {
  test('says that the token is wrong, or that there is none', async () => {
    const wrong = await run(BUTIK, ['shop', 'list'], {
      BUTIK_HUB_URL: hub.url,
      BUTIK_OPERATOR_TOKEN: 'a-token-of-nobody-at-all',
    });
    expect(wrong).toMatchObject({ code: 1, out: '' });
    expect(wrong.err).toContain('UNAUTHENTICATED: The bearer token is not valid.');
    const none = await run(BUTIK, ['shop', 'list'], { BUTIK_HUB_URL: hub.url });
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining('No operator token') });
  });

  test('says that nobody answers at the address', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.close();
    await once(server, 'close');
    const { code, err } = await run(BUTIK, ['--hub', url, 'shop', 'list'], { BUTIK_OPERATOR_TOKEN: TOKEN });
    expect(code).toBe(1);
    expect(err).toContain(`SERVICE_UNAVAILABLE: The hub at ${url} does not answer.`);
  });
});

describe('butik-hub serve', () => {
  test('ends with the reason when its port is taken', async () => {
    const { port } = new URL(hub.url);
    const args = ['serve', '--data', join(folder, 'second'), '--port', port];
    const { code, out, err } = await run(BUTIK_HUB, args, {});
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`SERVICE_UNAVAILABLE: Something else listens on 127.0.0.1:${port}.`);
  });

  test('says where it is on stdout alone, logs to stderr and drains when told to stop', async () => {
    const args = ['serve', '--data', join(folder, 'third'), '--port', '0', '--log-level', 'info'];
    const child = spawn(process.execPath, [BUTIK_HUB, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(child, 'exit');
    const log = text(child.stderr);
    let out = '';
    for await (const chunk of child.stdout) {
      out += chunk;
      if (out.includes('\n')) child.kill('SIGTERM');
    }
    await ended;
    expect(child.exitCode).toBe(0);
    expect(out).toMatch(/^hub ready at http:\/\/127\.0\.0\.1:\d+\n$/);
    expect(await log).toContain('"msg":"hub listens"');
  });
});

describe('butik-hub config', () => {
  test('explains each setting: value, where it comes from, default and meaning; secrets stay secret', async () => {
    const env = { BUTIK_HUB_PORT: '4300', BUTIK_OPERATOR_TOKEN: TOKEN };
    const { code, out } = await run(BUTIK_HUB, ['config', '--explain', '--host', '0.0.0.0'], env);
    expect(code).toBe(0);
    expect(out).toContain(
      'BUTIK_HUB_PORT (port)\n  Port of HTTP; 0 takes a free one.\n  value: 4300 (environment), default 4100',
    );
    expect(out).toContain('value: 0.0.0.0 (flag), default 127.0.0.1');
    expect(out).toContain('value: (secret) (environment), no default');
    expect(out).not.toContain(TOKEN);
  });

  test('names a wrong value, and the hub does not start with it', async () => {
    const env = { BUTIK_DATABASE_URL: 'mysql://here/butik' };
    const explained = await run(BUTIK_HUB, ['config', '--explain'], env);
    expect(explained.code).toBe(1);
    expect(explained.out).toContain(
      'WRONG: Expected an address that begins with postgres:// or postgresql://',
    );
    const served = await run(BUTIK_HUB, ['serve'], env);
    expect(served).toMatchObject({ code: 1, out: '' });
    expect(served.err).toContain('Wrong setting: databaseUrl (BUTIK_DATABASE_URL)');
  });
});

test('butik-hub simulate-bank says where it is and what its payments can do', async () => {
  const child = spawn(process.execPath, [BUTIK_HUB, 'simulate-bank', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let out = '';
  for await (const chunk of child.stdout) {
    out += chunk;
    if (out.includes('anything else is paid at once')) child.kill('SIGTERM');
  }
  await ended;
  expect(child.exitCode).toBe(0);
  expect(out).toMatch(/^bank ready at http:\/\/127\.0\.0\.1:\d+\n/);
});

test('butik-hub shapes serves nobody without saying so, and names what it does not understand', async () => {
  const args = ['shapes', '--database-url', 'postgres://127.0.0.1:1/none', '--port', '0'];
  const careless = await run(BUTIK_HUB, args, {});
  expect(careless.code).toBe(1);
  expect(careless.err).toContain('say --no-auth, on a network you trust');
  const unknown = await run(BUTIK_HUB, [...args, '--no-auth'], {});
  expect(unknown.code).toBe(1);
  expect(unknown.err).toContain('SERVICE_UNAVAILABLE');
});
