import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ButikError } from '../errors/butik-error.ts';
import { createHttpServer } from '../http/create-http-server.ts';
import { logOptions } from './log-options.ts';
import { inSpan } from './span.ts';
import { startTracing, type Tracing } from './start-tracing.ts';
import { type Collector, startCollector } from './testing/start-collector.ts';

/** What nobody must ever read in a log. */
const SECRET = 'hunter2-korrekt-häst';

let bytes: string;
const sink = new Writable({
  write(chunk, _encoding, done) {
    bytes += String(chunk);
    done();
  },
});
const logger = (secrets: string[] = []) => pino(logOptions({ level: 'info', name: 'hub', secrets }), sink);
const lines = () =>
  bytes
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
beforeEach(() => {
  bytes = '';
});

test('a line says when in ISO 8601, how bad by its name, and which program it was', () => {
  logger().child({ part: 'intake' }).warn({ shopId: 'a' }, 'late');
  const [line] = lines();
  expect(line).toMatchObject({ level: 'warn', name: 'hub', part: 'intake', shopId: 'a', msg: 'late' });
  expect(new Date(String(line!.time)).toISOString()).toBe(line!.time);
});

test.each<[string, unknown]>([
  ['an authorization header', { headers: { authorization: `Bearer ${SECRET}` } }],
  ['a cookie', { req: { headers: { cookie: `sid=${SECRET}`, 'set-cookie': [`sid=${SECRET}`] } } }],
  [
    'tokens of any name',
    { token: SECRET, refreshToken: SECRET, operator_token: SECRET, 'x-auth-token': SECRET },
  ],
  ['a password deep inside', { a: [{ b: { c: [{ password: SECRET }] } }] }],
  ['who paid', { payment: { payer: { name: SECRET, phone: SECRET } }, payerAlias: SECRET }],
  [
    'the keys of services',
    { apiKey: SECRET, clientSecret: SECRET, private_key: SECRET, pin: SECRET, dsn: SECRET },
  ],
  ['a connection string', { url: `postgres://butik:${SECRET}@db:5432/butik` }],
  ['a connection string whose password has an @ and a slash', { url: `amqp://butik:p@ss/${SECRET}@rabbit/` }],
  ['a connection string without a user', { redis: `rediss://:${SECRET}@redis:6379` }],
  ['a header inside a text', { text: `sent GET / with authorization: Bearer ${SECRET}` }],
  ['a query', { url: `https://bank.example/pay?access_token=${encodeURI(SECRET)}&id=1` }],
  [
    'JSON inside a text',
    { body: JSON.stringify({ user: 'a', password: SECRET, nested: { token: SECRET } }) },
  ],
  ['JSON inside JSON inside a text', { body: JSON.stringify({ body: JSON.stringify({ secret: SECRET }) }) }],
  ['a signed token', { text: `it was eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJ4In0.${SECRET.replaceAll('ä', 'a')}` }],
  ['a private key', { text: `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----\n` }],
])('%s is in no line', (_what, fields) => {
  logger().info(fields, 'fields');
  logger()
    .child(fields as object)
    .info('bindings');
  logger().info('interpolated %o and %s', fields as object, JSON.stringify(fields));
  expect(lines()).toHaveLength(3);
  for (const secret of [SECRET, encodeURI(SECRET), SECRET.replaceAll('ä', 'a')])
    expect(bytes).not.toContain(secret);
});

test('an error tells its message, stack, details and causes, but no secret in any of them', () => {
  const cause = new Error(`cannot reach postgres://butik:${SECRET}@db:5432/butik`);
  const refused = Object.assign(new Error('refused', { cause }), {
    config: { headers: { Authorization: SECRET } },
  });
  const error = new ButikError('SERVICE_UNAVAILABLE', {
    details: { part: 'sql', password: SECRET },
    cause: refused,
  });
  logger().error(
    { err: error, error: cause, failures: new AggregateError([cause], `token=${SECRET}`) },
    'failed',
  );
  logger().error(cause);
  expect(bytes).not.toContain(SECRET);
  const [first, second] = lines();
  expect(first).toMatchObject({
    err: { type: 'ButikError', code: 'SERVICE_UNAVAILABLE', details: { part: 'sql' } },
    error: { message: 'cannot reach postgres://butik:***@db:5432/butik' },
  });
  expect(String((first!.err as { stack: string }).stack)).toContain('cannot reach');
  expect(second).toMatchObject({ msg: 'cannot reach postgres://butik:***@db:5432/butik' });
});

test('the secrets of this very process are masked wherever they turn up', () => {
  logger([SECRET, 'short']).info({ whatever: [`<${SECRET}>`] }, `a short note with ${SECRET}`);
  expect(lines()).toMatchObject([{ whatever: ['<***>'], msg: 'a short note with ***' }]);
});

test('of an address among them its password is masked alone, too', () => {
  const address = `postgres://butik:${encodeURIComponent('p@ss/word-1')}@db:5432/butik`;
  logger([address]).info({ code: '28P01' }, 'refused p@ss/word-1 for undefined');
  expect(lines()).toMatchObject([{ msg: 'refused *** for undefined' }]);
});

test('what is no secret is left as it is', () => {
  const fields = {
    url: 'https://user@hub.example:4100/v1/orders?limit=5',
    mail: 'anna@example.se',
    idempotencyKey: '01990000',
    note: 'the token was refused; basic information follows',
    at: '2026-11-22T12:00:00.000Z',
  };
  logger().info(fields, 'plain');
  expect(lines()).toMatchObject([fields]);
});

test('a request that fails for a reason of ours is logged with its cause and without its secrets', async () => {
  const app = await createHttpServer({ logger: logger(), title: 'test', version: '1' });
  app.get('/pay', () => Promise.reject(new Error(`bank refused token=${SECRET}`)));
  await app.inject({ url: '/pay', headers: { authorization: `Bearer ${SECRET}`, 'x-request-id': 'r-1' } });
  await app.close();
  expect(bytes).not.toContain(SECRET);
  expect(lines()).toMatchObject([
    { level: 'error', reqId: 'r-1', err: { message: 'bank refused token=***' } },
  ]);
});

test('things that JSON cannot say stop no line', () => {
  const circle: Record<string, unknown> = { password: SECRET };
  circle.self = circle;
  logger().info({ circle, big: 1n, text: 'x'.repeat(100_000) }, 'odd');
  expect(bytes).not.toContain(SECRET);
  expect(bytes.length).toBeLessThan(40_000);
  expect(lines()).toMatchObject([{ msg: 'odd' }]);
});

let collector: Collector | undefined;
let tracing: Tracing | undefined;
afterEach(async () => {
  await tracing?.close();
  await collector?.close();
  tracing = undefined;
  collector = undefined;
});

test('a line that is written inside a span has its trace, one outside of any has none', async () => {
  collector = await startCollector();
  const log = logger();
  tracing = startTracing({
    serviceName: 'test',
    version: '1',
    otlpUrl: collector.url,
    ratio: 1,
    logger: log,
  });
  await inSpan('sale', {}, async () => log.info('inside'));
  log.info('outside');
  await tracing.close();
  const [inside, outside] = lines();
  const [span] = collector.spans;
  expect(inside).toMatchObject({ trace_id: span!.traceId, span_id: span!.spanId });
  expect(outside).not.toHaveProperty('trace_id');
});
