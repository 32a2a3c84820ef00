import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createHttpServer, type HttpServer } from '@butik/proto/http/create-http-server';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { shedLoad } from './shed-load.ts';

let app: HttpServer;
let url: string;
let metrics: Registry;
let busy = false;

async function open(maxEventLoopDelayMs: number) {
  metrics = new Registry();
  app = await createHttpServer({ logger: pino({ level: 'silent' }), title: 'hub', version: '1' });
  await app.register(shedLoad({ maxEventLoopDelayMs, metrics, sampleEveryMs: 50 }));
  app.get('/v1/orders', async () => []);
  for (const path of ['/healthz', '/readyz', '/metrics']) app.get(path, async () => ({}));
  await app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

beforeEach(() => open(20));
afterEach(async () => {
  busy = false;
  await app.close();
});

/** Blocks the event loop again and again, as handlers that compute do. */
function block(): void {
  busy = true;
  const turn = () => {
    const until = performance.now() + 100;
    while (performance.now() < until);
    if (busy) setTimeout(turn, 0);
  };
  turn();
}

async function askUntil(status: number): Promise<Response> {
  for (let asked = 0; asked < 200; asked++) {
    const answer = await fetch(`${url}/v1/orders`);
    if (answer.status === status) return answer;
    await answer.arrayBuffer();
    await nextTurn();
  }
  throw new Error(`never answered ${status}`);
}

test('an overloaded hub refuses requests as a problem that says when to come back, and recovers', async () => {
  await askUntil(200);
  block();
  const refused = await askUntil(503);
  expect(refused.headers.get('content-type')).toBe('application/problem+json');
  expect(refused.headers.get('retry-after')).toBe('2');
  const problem = (await refused.json()) as { requestId: string };
  expect(problem).toMatchObject({
    status: 503,
    code: 'SERVICE_UNAVAILABLE',
    details: { part: 'event loop' },
  });
  expect(refused.headers.get('x-request-id')).toBe(problem.requestId);

  for (const path of ['/healthz', '/readyz', '/metrics']) {
    expect((await fetch(url + path)).status).toBe(200);
  }
  expect(await metrics.metrics()).toMatch(/butik_http_requests_shed_total [1-9]/);
  busy = false;
  await askUntil(200);
});

test('a hub that may lag as it likes refuses nothing', async () => {
  await app.close();
  await open(0);
  block();
  for (let asked = 0; asked < 5; asked++) expect((await fetch(`${url}/v1/orders`)).status).toBe(200);
  expect(await metrics.metrics()).toContain('butik_http_requests_shed_total 0');
});
