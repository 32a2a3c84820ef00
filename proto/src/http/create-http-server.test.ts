import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { Writable } from 'node:stream';
import type { InjectOptions } from 'fastify';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { ButikError } from '../errors/butik-error.ts';
import { problemSchema } from '../errors/problem.ts';
import { createHttpServer, type HttpServer } from './create-http-server.ts';

let app: HttpServer;
let logged: { err?: { message: string }; msg?: string }[];

const line = z.strictObject({ ean: z.string(), quantity: z.int().positive() });
const receipt = z.object({ number: z.int(), totalMinor: z.int() });

beforeEach(async () => {
  logged = [];
  const lines = new Writable({
    write(chunk, _encoding, done) {
      logged.push(JSON.parse(String(chunk)));
      done();
    },
  });
  app = await createHttpServer({ logger: pino(lines), title: 'A shop', version: '7', bodyLimit: 1_000 });
  app.post(
    '/sales',
    {
      schema: {
        summary: 'Sells',
        body: z.object({ lines: z.array(line).min(1) }),
        response: { 201: receipt },
      },
    },
    async (request, reply) => {
      const totalMinor = request.body.lines.reduce((sum, { quantity }) => sum + quantity * 100, 0);
      return reply.status(201).send({ number: 1, totalMinor });
    },
  );
  app.get(
    '/sales',
    { schema: { querystring: z.object({ limit: z.coerce.number().int().max(10) }) } },
    async () => [],
  );
  app.get('/closed', async () => {
    throw new ButikError('PERMISSION_DENIED', { details: { permission: 'order:read' } });
  });
  app.get('/broken', async () => {
    throw new Error('the password is hunter2');
  });
  app.get('/misleading', async () => {
    throw Object.assign(new Error('the password is hunter2'), { statusCode: 404 });
  });
});
afterEach(() => app.close());

async function problem(request: InjectOptions | string) {
  const answer = await app.inject(request);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  const body = problemSchema.parse(answer.json());
  expect(answer.statusCode).toBe(body.status);
  expect(answer.headers['x-request-id']).toBe(body.requestId);
  return body;
}

test('a good request gets its answer', async () => {
  const answer = await app.inject({
    method: 'POST',
    url: '/sales',
    payload: { lines: [{ ean: '7', quantity: 3 }] },
  });
  expect(answer.statusCode).toBe(201);
  expect(answer.json()).toEqual({ number: 1, totalMinor: 300 });
  expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
});

test('a bad body is refused whole, with every field and the reason', async () => {
  const lines = [
    { ean: '7', quantity: 0 },
    { ean: 7, quantity: 1, price: 1 },
  ];
  const refused = await problem({ method: 'POST', url: '/sales', payload: { lines } });
  expect(refused).toMatchObject({
    status: 400,
    code: 'REQUEST_INVALID',
    type: 'urn:butik:error:REQUEST_INVALID',
  });
  const fields = refused.details?.fields as { path: string; message: string }[];
  expect(fields.map(({ path }) => path)).toEqual([
    'body.lines.0.quantity',
    'body.lines.1.ean',
    'body.lines.1',
  ]);
  expect(fields[2]?.message).toContain('price');
  expect(refused.detail).toContain('body.lines.0.quantity');
});

test('a bad query names the part of the request it is in', async () => {
  const refused = await problem('/sales?limit=11');
  expect(refused.details?.fields).toMatchObject([{ path: 'query.limit' }]);
});

test('a body that is no JSON is REQUEST_INVALID', async () => {
  for (const payload of ['{"lines":', '', '{"__proto__":{}}']) {
    const headers = { 'content-type': 'application/json' };
    const refused = await problem({ method: 'POST', url: '/sales', headers, payload });
    expect(refused).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
    expect(refused.details?.fields).toMatchObject([{ path: 'body' }]);
  }
});

test('a body over the limit is BODY_TOO_LARGE and says the limit', async () => {
  const payload = { lines: [{ ean: '7'.repeat(1_000), quantity: 1 }] };
  expect(await problem({ method: 'POST', url: '/sales', payload })).toMatchObject({
    code: 'BODY_TOO_LARGE',
    details: { limit: 1_000 },
  });
});

test('a content type that no route takes is MEDIA_TYPE_UNSUPPORTED', async () => {
  const headers = { 'content-type': 'text/xml' };
  expect(await problem({ method: 'POST', url: '/sales', headers, payload: '<sale/>' })).toMatchObject({
    code: 'MEDIA_TYPE_UNSUPPORTED',
  });
});

test('an address with nothing behind it is ROUTE_NOT_FOUND', async () => {
  expect(await problem('/sale')).toMatchObject({
    status: 404,
    code: 'ROUTE_NOT_FOUND',
    details: { method: 'GET', path: '/sale' },
  });
});

test('an address that cannot be decoded is a problem as well', async () => {
  expect(await problem('/%E0%A4%A')).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
});

test('a ButikError keeps its code, details and remedy', async () => {
  const refused = await problem('/closed');
  expect(refused).toMatchObject({
    status: 403,
    code: 'PERMISSION_DENIED',
    details: { permission: 'order:read' },
  });
  expect(refused.remedy).not.toBe('');
  expect(logged).toEqual([]);
});

test('what went wrong inside stays inside: the caller gets INTERNAL, the log the cause', async () => {
  for (const url of ['/broken', '/misleading']) {
    const answer = await app.inject({ url, headers: { 'x-request-id': 'till-1.42' } });
    expect(answer.body).not.toContain('hunter2');
    expect(answer.json()).toMatchObject({ status: 500, code: 'INTERNAL', requestId: 'till-1.42' });
    expect(logged.pop()).toMatchObject({ reqId: 'till-1.42', err: { message: 'the password is hunter2' } });
  }
});

test('a line that a route logs carries the id of its request', async () => {
  app.get('/chatty', async ({ log }) => {
    log.info({ shop: 's1' }, 'sold out');
    log.child({ till: 2 }).warn('drawer open');
    return log.level;
  });
  const answer = await app.inject({ url: '/chatty', headers: { 'x-request-id': 'till-7' } });
  expect(answer.body).toBe('info');
  expect(logged).toMatchObject([
    { reqId: 'till-7', shop: 's1', msg: 'sold out' },
    { reqId: 'till-7', till: 2, msg: 'drawer open' },
  ]);
});

test('a request id that could hurt a log is replaced', async () => {
  for (const given of ['a b', 'x'.repeat(129), 'ö']) {
    const { requestId } = await problem({ url: '/closed', headers: { 'x-request-id': given } });
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  }
});

test('the API describes itself as OpenAPI 3.1: requests, answers, and the problem any route can give', async () => {
  const api = (await app.inject('/openapi.json')).json();
  expect(api).toMatchObject({ openapi: '3.1.0', info: { title: 'A shop', version: '7' } });
  expect(Object.keys(api.paths)).toEqual(['/sales', '/closed', '/broken', '/misleading']);
  const sell = api.paths['/sales'].post;
  expect(sell.summary).toBe('Sells');
  expect(sell.requestBody.content['application/json'].schema.properties.lines.items.required).toEqual([
    'ean',
    'quantity',
  ]);
  expect(sell.responses['201'].content['application/json'].schema.properties).toHaveProperty('totalMinor');
  expect(sell.responses.default).toEqual({ $ref: '#/components/responses/Problem' });
  expect(api.paths['/closed'].get.responses.default).toEqual({ $ref: '#/components/responses/Problem' });
  const { content } = api.components.responses.Problem;
  expect(content['application/problem+json'].schema).toEqual({ $ref: '#/components/schemas/Problem' });
  expect(api.components.schemas.Problem.required).toContain('remedy');
});

test('the page at /docs needs nothing from elsewhere', async () => {
  const page = await app.inject('/docs/');
  expect(page.statusCode).toBe(200);
  const sources = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source);
  expect(sources).toEqual(['js/scalar.js']);
  const script = await app.inject('/docs/js/scalar.js');
  expect(script.headers['content-type']).toContain('javascript');
  expect(script.body.length).toBeGreaterThan(100_000);
});

test('a shop shuts down at once although a browser has opened a connection and asked nothing on it yet', async () => {
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const accepted = once(app.server, 'connection');
  const opened = connect(port, '127.0.0.1');
  opened.on('error', () => undefined); // How its end is told depends on the moment.
  await accepted;
  const ended = once(opened, 'close');
  await app.close();
  await ended;
});
