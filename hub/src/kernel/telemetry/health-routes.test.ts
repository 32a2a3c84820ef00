import { ButikError } from '@butik/proto/errors/butik-error';
import { createHttpServer, type HttpServer } from '@butik/proto/http/create-http-server';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type HealthOptions, healthRoutes } from './health-routes.ts';

let app: HttpServer;
let nowMs: number;
let draining: boolean;
let asked: number;
let answer: (signal: AbortSignal) => Promise<unknown>;
beforeEach(() => {
  nowMs = 0;
  draining = false;
  asked = 0;
  answer = async () => undefined;
});
afterEach(() => app.close());

async function open(options: Partial<HealthOptions> = {}): Promise<void> {
  app = await createHttpServer({ logger: pino({ level: 'silent' }), title: 'test', version: '1' });
  const check = (signal: AbortSignal) => {
    asked += 1;
    return answer(signal);
  };
  const checks = [
    { name: 'sql', check },
    { name: 'bus', check: async () => undefined },
  ];
  await app.register(
    healthRoutes({ checks, isDraining: () => draining, monotonicMs: () => nowMs, ...options }),
  );
}
async function ready() {
  const { statusCode: status, body } = await app.inject('/readyz');
  return { status, body: JSON.parse(body) as object };
}

test('a process whose parts work is alive and ready', async () => {
  await open();
  expect((await app.inject('/healthz')).statusCode).toBe(200);
  expect(await ready()).toEqual({
    status: 200,
    body: { status: 'ready', parts: { sql: { status: 'ok' }, bus: { status: 'ok' } } },
  });
});

test('a process whose database is away is alive but not ready, and says which part with a code and nothing more', async () => {
  answer = () =>
    Promise.reject(new ButikError('SERVICE_UNAVAILABLE', { message: 'postgres://a:b@c is away' }));
  await open();
  expect((await app.inject('/healthz')).statusCode).toBe(200);
  expect(await ready()).toEqual({
    status: 503,
    body: {
      status: 'not-ready',
      parts: { sql: { status: 'failed', error: 'SERVICE_UNAVAILABLE' }, bus: { status: 'ok' } },
    },
  });
});

test('a part that does not answer is given up, whether it heeds its signal or not', async () => {
  answer = () => new Promise(() => undefined);
  await open({ timeoutMs: 1 });
  expect(await ready()).toMatchObject({
    status: 503,
    body: { parts: { sql: { error: 'DEADLINE_EXCEEDED' } } },
  });
});

test('a process that has been told to end is not ready, however well it is', async () => {
  await open();
  draining = true;
  expect(await ready()).toMatchObject({ status: 503, body: { status: 'draining' } });
});

test('however often it is asked, the parts are bothered once a second', async () => {
  await open();
  await Promise.all(Array.from({ length: 20 }, ready));
  expect(asked).toBe(1);
  answer = () => Promise.reject(new Error());
  nowMs = 999;
  expect((await ready()).status).toBe(200);
  nowMs = 1_000;
  expect((await ready()).status).toBe(503);
  expect(asked).toBe(2);
});
