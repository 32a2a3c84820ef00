import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { currentTraceparent, inSpan } from '../telemetry/span.ts';
import { startTracing, type Tracing } from '../telemetry/start-tracing.ts';
import { type Collector, startCollector } from '../telemetry/testing/start-collector.ts';
import { createHttpServer, type HttpServer } from './create-http-server.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

let app: HttpServer;
let collector: Collector;
let tracing: Tracing;
let begun = Promise.withResolvers<void>();
beforeEach(async () => {
  collector = await startCollector();
  const logger = { warn: () => undefined };
  tracing = startTracing({ serviceName: 'test', version: '1', otlpUrl: collector.url, ratio: 1, logger });
  app = await openServer();
});
afterEach(async () => {
  await app.close();
  await tracing.close();
  await collector.close();
});

async function openServer(): Promise<HttpServer> {
  const server = await createHttpServer({ logger: pino({ level: 'silent' }), title: 'A shop', version: '7' });
  server.post('/shops/:id/sales', { schema: { body: z.object({ ean: z.string() }) } }, async () =>
    inSpan('write', {}, async () => ({ traceparent: currentTraceparent() ?? null })),
  );
  server.addHook('onRequest', async () => begun.resolve());
  server.get('/broken', async () => {
    throw new Error('broken');
  });
  server.get('/healthz', async () => ({}));
  await server.listen({ host: '127.0.0.1', port: 0 });
  return server;
}

/** Sends the body when the server has begun with the request, as over a slow line. */
async function sell(headers: Record<string, string> = {}): Promise<{ traceparent: string | null }> {
  begun = Promise.withResolvers();
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/shops/s1/sales`;
  const sale = request(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers } });
  const answered = once(sale, 'response');
  sale.flushHeaders();
  await begun.promise;
  sale.end(JSON.stringify({ ean: '7' }));
  const [answer] = (await answered) as [IncomingMessage];
  return JSON.parse(await text(answer));
}

test('a request goes on with the trace of who sent it, and what its handler does is part of it', async () => {
  const { traceparent } = await sell({ traceparent: TRACEPARENT });
  await app.close(); // Answers are on their way before their spans end.
  await tracing.close();
  const [write, sale] = collector.spans;
  expect(sale).toMatchObject({
    name: 'POST /shops/:id/sales',
    kind: 2,
    traceId: TRACE,
    parentSpanId: '00f067aa0ba902b7',
    failed: false,
    attributes: { 'http.response.status_code': '200', 'http.route': '/shops/:id/sales' },
  });
  expect(write).toMatchObject({ name: 'write', traceId: TRACE, parentSpanId: sale!.spanId });
  expect(traceparent).toBe(`00-${TRACE}-${write!.spanId}-01`);
});

test('a request that fails by our fault is marked; the questions of probes leave no span', async () => {
  await app.inject('/broken');
  await app.inject('/healthz');
  await app.inject({ url: '/nowhere' });
  await app.close();
  await tracing.close();
  expect(collector.spans.map(({ name, failed }) => [name, failed])).toEqual([
    ['GET /broken', true],
    ['GET', false],
  ]);
});

test('a server that is opened before tracing is started does not trace', async () => {
  await app.close();
  await tracing.close();
  app = await openServer();
  expect(await sell({ traceparent: TRACEPARENT })).toEqual({ traceparent: null });
  expect(collector.spans).toEqual([]);
});
