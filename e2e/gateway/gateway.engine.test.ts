import { once } from 'node:events';
import { connect } from 'node:http2';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { ERROR_CODES } from '@butik/proto/errors/codes';
import { KINDS } from '@butik/proto/errors/kinds';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SYNC } from '../../hub/src/parts.ts';
import { SERVICES } from '../../hub/src/services/registry.ts';
import { type Answer, ask, problemIn, type Question } from './ask.ts';
import { type EchoService, type Heard, startEchoService } from './echo-service.ts';
import { missingForNginx, type Nginx, startNginx } from './start-nginx.ts';

const NAMES = [...SERVICES.map(({ name }) => name), SYNC];
const missing = missingForNginx();
if (missing) console.log(`The gateway is not tested: ${missing}.`);

describe.skipIf(missing !== undefined)('the gateway', () => {
  const services = new Map<string, EchoService>();
  /** Takes requests and hangs up without a word. */
  let broken: EchoService;
  let nginx: Nginx;

  beforeAll(async () => {
    for (const name of NAMES) services.set(name, await startEchoService(name, answerAs));
    broken = await startEchoService('inventory', (response) => void response.destroy());
    const upstreams = NAMES.map((name) => [name, [services.get(name)!.address]] as const);
    nginx = await startNginx({
      ...Object.fromEntries(upstreams),
      inventory: [broken.address, services.get('inventory')!.address],
      notification: ['127.0.0.1:1'],
    });
  });
  afterAll(async () => {
    await nginx?.close();
    for (const service of [...services.values(), broken]) await service?.close();
  });

  const say = (question: Question): Promise<Answer> => ask(nginx, question);
  const heardOf = async (question: Question) => JSON.parse((await say(question)).body) as Heard;

  test.each([
    ['product', '/products'],
    ['product', '/products/0190/prices?at=now'],
    ['product', '/products/imports'],
    ['product', '/products/imports/0190'],
    ['shop', '/shops/0190/enrolment-tokens'],
    ['inventory', '/inventory/0190'],
    ['order', '/orders?limit=2'],
    ['payment', '/payments/process'],
    ['payment', '/payments/callbacks/swish'],
  ])('%s answers %s, under /v1 and bare', async (service, path) => {
    expect(await heardOf({ path })).toMatchObject({ service, path });
    expect(await heardOf({ path: `/v1${path}` })).toMatchObject({ service, path: `/v1${path}` });
  });

  test.each([
    '/sync/v1/push',
    '/sync/v1/enrol',
    '/sync/v1/shape?collection=products',
    '/v1/sync/dead-letters',
  ])('the shops’ way in and out answers %s', async (path) => {
    expect(await heardOf({ path })).toMatchObject({ service: 'sync', path });
  });

  test.each([
    ['a version that there is not', '/v2/products'],
    ['what only begins like a route', '/v1/productsx'],
    ['the metrics of a process', '/metrics'],
    ['the metrics, written otherwise', '/%6detrics'],
    ['the metrics, by a way round', '/v1/orders/../../metrics'],
    ['the readiness of a process', '/readyz'],
    ['a call meant for gRPC', '/butik.payment.v1.PaymentService/Refund'],
    ['its own error pages', '/-problem/unavailable'],
  ])('%s is not there from outside', async (_what, path) => {
    const before = heardByAll();
    const answer = await say({ path });
    expect(problemIn(answer)).toMatchObject(inTheTable('ROUTE_NOT_FOUND'));
    expect(answer.status).toBe(404);
    expect(heardByAll()).toBe(before);
  });

  test('who asks and in which trace goes on untouched; what a stranger says of proxies does not', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { headers } = await heardOf({
      path: '/v1/orders',
      headers: {
        authorization: 'Bearer of-somebody',
        traceparent,
        'x-forwarded-for': '10.1.1.1',
        'x-forwarded-proto': 'http',
        'x-forwarded-host': 'evil.example',
        forwarded: 'for=10.1.1.1',
        'x-real-ip': '10.1.1.1',
      },
    });
    expect(headers).toMatchObject({ authorization: 'Bearer of-somebody', traceparent, host: 'hub.example' });
    expect(headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'hub.example',
    });
    expect(headers).not.toHaveProperty('forwarded');
    expect(headers).not.toHaveProperty('x-real-ip');
  });

  test('a request keeps its id, gets one when it has none, and one that could forge log lines is replaced', async () => {
    const idOf = async (given?: string) => {
      const headers: Record<string, string> = given === undefined ? {} : { 'x-request-id': given };
      return (await heardOf({ path: '/v1/orders', headers })).headers['x-request-id'];
    };
    expect(await idOf('till-7.42')).toBe('till-7.42');
    expect(await idOf()).toMatch(/^[0-9a-f]{32}$/);
    expect(await idOf('"},{"status":"200')).toMatch(/^[0-9a-f]{32}$/);
    const refused = await say({ path: '/v2', headers: { 'x-request-id': 'till-7.43' } });
    expect(refused.headers['x-request-id']).toBe('till-7.43');
    expect(problemIn(refused).requestId).toBe('till-7.43');
  });

  test('a body is taken up to the limit of its route, and refused above it without asking the service', async () => {
    const post = (path: string, bytes: number) => say({ method: 'POST', path, body: Buffer.alloc(bytes) });
    const MiB = 1024 * 1024;
    expect(JSON.parse((await post('/v1/orders', MiB)).body)).toMatchObject({ bytes: MiB });
    const before = heardByAll();
    const tooLarge = await post('/v1/orders', MiB + 1);
    expect(problemIn(tooLarge)).toMatchObject({ ...inTheTable('BODY_TOO_LARGE'), details: { limit: MiB } });
    expect(tooLarge.status).toBe(400);
    expect(problemIn(await post('/payments/callbacks/swish', 64 * 1024 + 1)).details).toEqual({
      limit: 65_536,
    });
    expect(heardByAll()).toBe(before);
    expect(JSON.parse((await post('/v1/products/imports', 8 * MiB)).body)).toMatchObject({ bytes: 8 * MiB });
  });

  test('who uploads one catalogue after the other is told when to come back; others, and looking, are not held up', async () => {
    const upload = { method: 'POST', path: '/v1/products/imports', body: 'kod;namn', from: '127.0.0.2' };
    const answers: Answer[] = [];
    for (let count = 0; count < 8; count += 1) answers.push(await say(upload));
    expect(answers.slice(0, 6).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    const last = answers.at(-1)!;
    expect(last.status).toBe(429);
    expect(last.headers['retry-after']).toBe('10');
    expect(problemIn(last)).toMatchObject({ ...inTheTable('RATE_LIMITED'), details: { retryAfterS: 10 } });
    expect((await say({ ...upload, from: '127.0.0.3' })).status).toBe(200);
    expect((await say({ path: upload.path, from: upload.from })).status).toBe(200);
  });

  test('tokens cannot be guessed by the hundred, and callbacks are held back too', async () => {
    const many = async (path: string, count: number) => {
      const asked = Array.from({ length: count }, () =>
        say({ method: 'POST', path, body: '{}', from: '127.0.0.4' }),
      );
      return (await Promise.all(asked)).map(({ status }) => status);
    };
    expect(await many('/sync/v1/enrol', 150)).toContain(429);
    expect(await many('/v1/orders', 150)).not.toContain(429);
    expect(await many('/v1/payments/callbacks/swish', 250)).toContain(429);
  });

  test('a look is asked of the next process when one hangs up; an order is never sent twice', async () => {
    const whole = services.get('inventory')!;
    const looks = await Promise.all([1, 2, 3, 4].map(() => say({ path: '/v1/inventory/shop' })));
    expect(looks.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(broken.heard.length).toBeGreaterThan(0);

    const before = { broken: broken.heard.length, whole: whole.heard.length };
    const move = { method: 'POST', path: '/v1/inventory/stock-movement', body: '{}' };
    const moved = [await say(move), await say(move)];
    expect(moved.map(({ status }) => status).sort()).toEqual([200, 503]);
    expect(broken.heard.length + whole.heard.length).toBe(before.broken + before.whole + 2);
    const refused = problemIn(moved.find(({ status }) => status === 503)!);
    expect(refused).toMatchObject({ ...inTheTable('SERVICE_UNAVAILABLE'), details: { part: 'inventory' } });
  });

  test('who speaks plain HTTP, or nonsense, is told in the same words', async () => {
    const answer = await fetch(`http://127.0.0.1:${nginx.port}/v1/orders`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject(inTheTable('REQUEST_INVALID'));
    const long = await say({ path: `/v1/orders?${'x'.repeat(20_000)}` });
    expect(problemIn(long)).toMatchObject(inTheTable('REQUEST_INVALID'));
  });

  test('a service that is away is said by name, and when to come back', async () => {
    const answer = await say({ path: '/v1/notifications' });
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(problemIn(answer)).toMatchObject({
      ...inTheTable('SERVICE_UNAVAILABLE'),
      details: { part: 'notification' },
    });
  });

  test('what a service itself refuses passes as it is', async () => {
    const answer = await say({ path: '/v1/orders/refused' });
    expect(answer.status).toBe(409);
    expect(answer.body).toBe('its own words');
    expect(answer.headers['strict-transport-security']).toMatch(/^max-age=\d{8}/);
  });

  test('a box that waits for changes gets the first before the last is there', async () => {
    const session = connect(`https://127.0.0.1:${nginx.port}`, { ca: nginx.ca, servername: 'localhost' });
    const stream = session.request({ ':path': '/sync/v1/shape?live=true' });
    const [first] = (await once(stream, 'data')) as [Buffer];
    expect(first.toString()).toBe('first');
    finishShape();
    expect(await text(stream)).toBe('last');
    session.close();
  });

  test('speaks HTTP/2 and TLS from 1.2 on, and nothing older', async () => {
    const socket = connectTls({
      ...{ port: nginx.port, host: '127.0.0.1', servername: 'localhost', ca: nginx.ca },
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    await once(socket, 'secureConnect');
    expect([socket.alpnProtocol, socket.getProtocol()]).toEqual(['h2', 'TLSv1.3']);
    socket.destroy();
    expect((await say({ path: '/healthz', tls: { maxVersion: 'TLSv1.2' } })).status).toBe(200);
    const oldest = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;
    await expect(say({ path: '/healthz', tls: oldest })).rejects.toThrow();
    const weak = say({ path: '/healthz', tls: { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' } });
    await expect(weak).rejects.toThrow();
  });

  test('its log has one line a request, with the id and without query and credentials', async () => {
    const headers = { 'x-request-id': 'logged-1', authorization: 'Bearer secret-token' };
    await say({ path: '/v1/orders?customer=anna', headers });
    const line = nginx.log().find((one) => one.includes('logged-1'))!;
    expect(JSON.parse(line)).toMatchObject({
      path: '/v1/orders',
      status: '200',
      part: 'order',
      client: '127.0.0.1',
    });
    expect(nginx.log().join()).not.toMatch(/anna|secret-token/);
  });

  function heardByAll(): number {
    return [...services.values()].reduce((sum, { heard }) => sum + heard.length, 0);
  }
});

let finishShape: () => void = () => undefined;

function answerAs(
  response: Parameters<NonNullable<Parameters<typeof startEchoService>[1]>>[0],
  heard: Heard,
): void {
  if (heard.path.endsWith('/refused')) response.writeHead(409).end('its own words');
  else if (heard.path.endsWith('live=true')) {
    response.write('first');
    finishShape = () => response.end('last');
  } else response.setHeader('content-type', 'application/json').end(JSON.stringify(heard));
}

/** What a problem of this code says everywhere. */
function inTheTable(code: keyof typeof ERROR_CODES) {
  const { kind, title, remedy } = ERROR_CODES[code];
  return { type: `urn:butik:error:${code}`, code, title, remedy, status: KINDS[kind].http };
}
