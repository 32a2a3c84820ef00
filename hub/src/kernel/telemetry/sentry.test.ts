import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { ButikError } from '@butik/proto/errors/butik-error';
import { createHttpServer } from '@butik/proto/http/create-http-server';
import { logOptions } from '@butik/proto/telemetry/log-options';
import { inSpan } from '@butik/proto/telemetry/span';
import { startTracing } from '@butik/proto/telemetry/start-tracing';
import { startCollector } from '@butik/proto/telemetry/testing/start-collector';
import { type Logger, pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Sentry, startSentry } from './sentry.ts';

interface SentEvent {
  exception: { values: { type: string; value: string }[] };
  tags?: Record<string, string>;
  contexts: Record<string, Record<string, unknown>>;
  release: string;
  environment: string;
}

let server: ReturnType<typeof createServer>;
let bodies: string[];
let sentry: Sentry;
let logger: Logger;
beforeEach(async () => {
  bodies = [];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += String(part);
    bodies.push(body);
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  sentry = await startSentry({
    dsn: `http://key@127.0.0.1:${port}/7`,
    release: '1.2.3',
    environment: 'test',
    secrets: ['the-operator-token', undefined],
  });
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  logger = pino(logOptions({ level: 'info', name: 'hub', onError: sentry.report }), nowhere);
});
afterEach(async () => {
  await sentry.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** What Sentry has got, once everything is sent: the third line of an envelope is the event. */
async function sent(): Promise<SentEvent[]> {
  await sentry.close();
  return bodies.map((body) => JSON.parse(body.split('\n')[2]!) as SentEvent);
}

test('a fault of ours in a request is sent with its cause, its request and the version that runs', async () => {
  const app = await createHttpServer({ logger, title: 'test', version: '1' });
  app.get('/orders', () =>
    Promise.reject(new TypeError('cannot read', { cause: new Error('no row at the-operator-token') })),
  );
  const answer = await app.inject({ url: '/orders', headers: { 'x-request-id': 'r-1' } });
  await app.close();
  expect(answer.statusCode).toBe(500);
  const [event, ...others] = await sent();
  expect(others).toEqual([]);
  expect(event).toMatchObject({ release: '1.2.3', environment: 'test', tags: { request_id: 'r-1' } });
  expect(event!.exception.values.map(({ type, value }) => `${type}: ${value}`).sort()).toEqual([
    'Error: no row at ***',
    'TypeError: cannot read',
  ]);
});

test('what is foreseen is not sent: errors with a code, warnings, and errors without an error', async () => {
  logger.error({ err: new ButikError('SERVICE_UNAVAILABLE') }, 'the broker is away');
  logger.error({ err: new Error('ECONNREFUSED'), code: 'SERVICE_UNAVAILABLE' }, 'a request was not answered');
  logger.warn({ err: new Error('passing') }, 'trying again');
  logger.error({ shopId: 'a' }, 'a box forked');
  logger.error('something');
  expect(await sent()).toEqual([]);
});

test('work in the background that fails is sent with its trace and without its secrets', async () => {
  const collector = await startCollector();
  const tracing = startTracing({ serviceName: 't', version: '1', otlpUrl: collector.url, ratio: 1, logger });
  await inSpan('job', {}, async () => {
    const err = new Error('cannot log in at postgres://butik:hunter2@db/butik');
    logger.child({ part: 'jobs' }).error({ err, payer: { phone: '0701234567' } }, 'a job failed');
  });
  await tracing.close();
  await collector.close();
  const [event] = await sent();
  expect(event!.contexts.trace).toMatchObject({ trace_id: collector.spans[0]!.traceId });
  expect(event!.contexts.log).toMatchObject({ message: 'a job failed', part: 'jobs' });
  expect(bodies.join()).not.toMatch(/hunter2|0701234567/);
});
