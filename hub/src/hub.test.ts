import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type HubConfig, hubConfigSchema } from './config/config.ts';
import { type Hub, startHub } from './hub.ts';
import { SERVICES } from './services/registry.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const TOKEN = 'a-token-of-head-office-for-these-tests';
const logger = pino({ level: 'silent' });
const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function configure(port = 0): Promise<HubConfig> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'butik-hub-'));
  folders.push(dataFolder);
  return hubConfigSchema.parse({ dataFolder, port, operatorToken: TOKEN });
}

async function call(hub: Hub, path: string, init: RequestInit = {}, token: string | null = TOKEN) {
  const headers = { ...(token && { authorization: `Bearer ${token}` }), ...init.headers };
  const response = await fetch(`${hub.url}${path}`, { ...init, headers });
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every form
  const body: any = await response.json();
  return { status: response.status, headers: response.headers, body };
}

const post = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

describe('a hub', () => {
  let hub: Hub;
  beforeAll(async () => {
    hub = await startHub(await configure(), { logger });
  });
  afterAll(() => hub.close());

  test('says that it is well to anybody', async () => {
    expect(await call(hub, '/healthz', {}, null)).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  test('tells nothing to callers that it does not know', async () => {
    const paths = ['/v1/shops', '/shops', '/v1/products', '/v1/orders', '/v1/sync/quarantine'];
    for (const path of [...paths, '/v1/sync/dead-letters', '/v1/sync/shops']) {
      for (const token of [null, 'a-token-of-nobody-at-all']) {
        const { status, headers, body } = await call(hub, path, {}, token);
        expect([path, status, body.code]).toEqual([path, 401, 'UNAUTHENTICATED']);
        expect(headers.get('content-type')).toContain('application/problem+json');
        expect(body).toMatchObject({ type: 'urn:butik:error:UNAUTHENTICATED', remedy: expect.any(String) });
      }
    }
  });

  test('answers bare paths as it does those under /v1', async () => {
    const made = await call(hub, '/shops', post({ name: 'Hörnan' }));
    expect(made.status).toBe(201);
    for (const path of ['/shops', '/products', '/orders', `/shops/${made.body.shopId}`]) {
      const [bare, versioned] = [await call(hub, path), await call(hub, `/v1${path}`)];
      expect(bare.status).toBe(200);
      expect(bare.body).toEqual(versioned.body);
    }
  });

  test('describes each path once', async () => {
    const { body } = await call(hub, '/openapi.json', {}, null);
    const paths = Object.keys(body.paths);
    expect(paths).toEqual(
      expect.arrayContaining(['/v1/shops', '/v1/products', '/v1/sync/dead-letters', '/v1/sync/quarantine']),
    );
    const bare = paths.map((path) => path.replace(/^\/v1(?=\/)/, ''));
    expect(new Set(bare).size).toBe(paths.length);
  });

  test('says that its stores answer, what it has done, and what waits', async () => {
    expect(await call(hub, '/readyz', {}, null)).toMatchObject({
      status: 200,
      body: { status: 'ready', parts: { sql: { status: 'ok' }, documents: { status: 'ok' } } },
    });
    const metrics = await (await fetch(`${hub.url}/metrics`)).text();
    for (const name of [
      'butik_http_request_seconds',
      'butik_outbox_events',
      'butik_jobs',
      'butik_sagas_open',
    ]) {
      expect(metrics).toContain(`# TYPE ${name} `);
    }
  });

  test('shows head office the mail that nobody carries', async () => {
    expect(await call(hub, '/v1/mailbox')).toMatchObject({ status: 200, body: { items: [], next: null } });
  });

  test('lets nobody try enrolment tokens without end', async () => {
    const publicKey = { kty: 'OKP', crv: 'Ed25519', x: 'x'.repeat(43) };
    const attempt = () => call(hub, '/sync/v1/enrol', post({ token: 't'.repeat(32), publicKey }), null);
    for (let tries = 0; tries < 120; tries++) {
      expect((await attempt()).body.code).toBe('ENROLMENT_TOKEN_INVALID');
    }
    const refused = await attempt();
    expect(refused).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await call(hub, '/healthz', {}, null)).status).toBe(200);
  });
});

test('a hub that is closed and started again on its folder has what it had', async () => {
  const config = await configure();
  const first = await startHub(config, { logger });
  const { body: shop } = await call(first, '/v1/shops', post({ name: 'Hörnan' }));
  await first.close();
  const second = await startHub(config, { logger });
  expect((await call(second, `/v1/shops/${shop.shopId}`)).body).toEqual(shop);
  await second.close();
});

test('a hub that is told to end turns newcomers away first, and answers those that are there', async () => {
  const hub = await startHub({ ...(await configure()), drainMs: 2_000 }, { logger });
  const closed = hub.close();
  expect(await call(hub, '/readyz')).toMatchObject({ status: 503, body: { status: 'draining' } });
  expect((await call(hub, '/v1/shops')).status).toBe(200);
  await closed;
  await expect(fetch(`${hub.url}/healthz`)).rejects.toThrow();
});

test('a port that is taken ends the start with its name, and the folder is free again', async () => {
  const running = await startHub(await configure(), { logger });
  const port = Number(new URL(running.url).port);
  const config = await configure(port);
  await expect(startHub(config, { logger })).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message: `Something else listens on 127.0.0.1:${port}.`,
    details: { part: `port ${port}` },
  });
  await running.close();
  const second = await startHub(config, { logger });
  expect((await call(second, '/healthz')).status).toBe(200);
  await second.close();
});

test('a folder that another hub has open is refused, and that hub goes on', async () => {
  const config = await configure();
  const running = await startHub(config, { logger });
  await expect(startHub(config, { logger })).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  expect((await call(running, '/v1/shops')).status).toBe(200);
  await running.close();
});

test('a route that declares no permission stops the start, and the folder is free again', async () => {
  const config = await configure();
  const [service] = SERVICES;
  const start = service!.start;
  const forgetful = vi.spyOn(service!, 'start').mockImplementation(async (...given) => {
    const instance = await start(...given);
    return {
      ...instance,
      routes: async (app, options) => {
        await app.register(instance.routes, options);
        app.get('/forgotten', async () => 'open');
      },
    };
  });
  await expect(startHub(config, { logger })).rejects.toThrow(
    'routes without config.permission: GET /v1/forgotten',
  );
  forgetful.mockRestore();
  const hub = await startHub(config, { logger });
  expect((await call(hub, '/v1/forgotten')).status).toBe(404);
  await hub.close();
});

test('a part that does not start takes the parts before it down with it', async () => {
  const config = await configure();
  const broken = vi.spyOn(SERVICES.at(-1)!, 'start').mockRejectedValue(new Error('its table is damaged'));
  await expect(startHub(config, { logger })).rejects.toThrow('its table is damaged');
  broken.mockRestore();
  await (await startHub(config, { logger })).close();
});
