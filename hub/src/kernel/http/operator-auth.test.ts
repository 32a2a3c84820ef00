import { createHttpServer, type HttpServer } from '@butik/proto/http/create-http-server';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assertRoutesDeclarePermission } from './assert-routes-declare-permission.ts';
import { operatorAuth } from './operator-auth.ts';

const HEAD_OFFICE = 'head-office-token-0001';
const READER = 'reader-token-000000001';

let app: HttpServer;
beforeEach(async () => {
  app = await createHttpServer({ logger: pino({ level: 'silent' }), title: 'hub', version: '1' });
  app.addHook(
    'onRequest',
    operatorAuth({
      tokens: [
        { token: HEAD_OFFICE, name: 'anna', permissions: 'all' },
        { token: READER, name: 'report', permissions: ['order:read'] },
      ],
    }),
  );
});
afterEach(() => app.close());

function addRoutes(): void {
  const caller = async ({ caller }: { caller?: string }) => ({ caller: caller ?? null });
  app.get('/orders', { config: { permission: 'order:read' } }, caller);
  app.get('/prices', { config: { permission: 'catalogue:write' } }, caller);
  app.get('/health', { config: { permission: 'public' } }, caller);
  app.get('/push', { config: { permission: 'node' } }, caller);
}

async function get(url: string, authorization?: string) {
  const answer = await app.inject({ url, headers: authorization === undefined ? {} : { authorization } });
  const { code, details, caller } = answer.json();
  return { status: answer.statusCode, code, details, caller };
}

test('a user with the permission gets through, and the route knows who it is', async () => {
  addRoutes();
  expect(await get('/prices', `Bearer ${HEAD_OFFICE}`)).toMatchObject({ status: 200, caller: 'user:anna' });
  expect(await get('/orders', `bearer ${READER}`)).toMatchObject({ status: 200, caller: 'user:report' });
});

test('a user without the permission is told which one is missing', async () => {
  addRoutes();
  expect(await get('/prices', `Bearer ${READER}`)).toMatchObject({
    status: 403,
    code: 'PERMISSION_DENIED',
    details: { permission: 'catalogue:write' },
  });
});

test('without a valid token the caller is not known', async () => {
  addRoutes();
  const others = [
    undefined,
    '',
    'Bearer',
    `Basic ${READER}`,
    `Bearer ${READER}x`,
    `Bearer ${READER.slice(0, -1)}`,
  ];
  for (const authorization of others) {
    expect(await get('/orders', authorization)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  }
});

test('public routes and those of boxes ask for no token', async () => {
  addRoutes();
  expect(await get('/health')).toMatchObject({ status: 200, caller: null });
  expect(await get('/push')).toMatchObject({ status: 200, caller: null });
  expect((await app.inject('/openapi.json')).statusCode).toBe(200);
  expect((await app.inject('/docs/')).statusCode).toBe(200);
  expect(await get('/nowhere')).toMatchObject({ status: 404, code: 'ROUTE_NOT_FOUND' });
});

test('a route that forgot its permission is closed to everyone, and the hub does not start with it', async () => {
  assertRoutesDeclarePermission(app);
  addRoutes();
  app.post('/forgotten', async () => 'open');
  await expect(app.ready()).rejects.toThrow('routes without config.permission: POST /forgotten');
});

test('a route that forgot its permission answers no one, not even head office', async () => {
  app.get('/forgotten', async () => 'open');
  expect(await get('/forgotten', `Bearer ${HEAD_OFFICE}`)).toMatchObject({
    status: 403,
    code: 'PERMISSION_DENIED',
  });
});

test('with all permissions declared the hub starts', async () => {
  assertRoutesDeclarePermission(app);
  addRoutes();
  await app.ready();
});

test('a token short enough to guess is refused at start', () => {
  expect(() => operatorAuth({ tokens: [{ token: 'secret', name: 'anna', permissions: 'all' }] })).toThrow(
    'anna',
  );
});
