import { prices } from '@butik/proto/collections/prices';
import { ButikError } from '@butik/proto/errors/butik-error';
import { createHttpServer } from '@butik/proto/http/create-http-server';
import { sql as template } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sql } from '../kernel/sql/sql.ts';
import { openTestSql } from '../kernel/sql/testing/test-database.ts';
import { type GatekeeperOptions, gatekeeper } from './gatekeeper.ts';
import { type Feed, openFeed } from './open-feed.ts';
import { shapeRoutes } from './shape-routes.ts';
import { ensureFeedTables } from './tables.ts';
import { listen } from './test-feed.ts';
import { upsertRows } from './write-rows.ts';

const logger = pino({ level: 'silent' });
const productId = '01900000-0000-7000-8000-000000000001';
let sql: Sql;
let feed: Feed;

beforeAll(async () => {
  sql = await openTestSql();
  await ensureFeedTables(sql);
  feed = await openFeed({ sql, logger, holdMs: 20 });
  await sql.transaction((tx) =>
    upsertRows(
      tx,
      prices,
      ['chain', 'group:north', 'group:south', 'shop:a', 'shop:b'].map((scope) => ({
        id: scope,
        product_id: productId,
        scope,
        amount_minor: 100,
        currency: 'SEK',
        valid_from: '2026-01-01T00:00:00.000Z',
        valid_to: null,
      })),
    ),
  );
}, 30_000);
afterAll(async () => {
  await feed.close();
  await sql.close();
});

/** Asks as the box of a shop, which it names in a header. */
async function ask(query: string, options: Partial<GatekeeperOptions> = { shapes: feed.shapes }, node = 'a') {
  const app = await createHttpServer({ logger, title: 'hub', version: '1' });
  await app.register(
    gatekeeper({
      async authenticate(request) {
        const shopId = request.headers['x-shop'];
        if (typeof shopId !== 'string') throw new ButikError('NODE_TOKEN_INVALID');
        return { nodeId: 'box', epoch: 1, shopId, groupIds: ['north'] };
      },
      ...options,
    }),
  );
  const answer = await app.inject({
    url: `/sync/v1/shape?${query}`,
    headers: node === '' ? {} : { 'x-shop': node },
  });
  await app.close();
  return answer;
}

const idsOf = (body: string) =>
  (JSON.parse(body) as { value?: { id: string } }[]).flatMap(({ value }) => value?.id ?? []);

test('a shop gets the rows of the chain, its groups and itself', async () => {
  const answer = await ask('collection=prices&offset=-1');
  expect(answer.statusCode).toBe(200);
  expect(idsOf(answer.body)).toEqual(['chain', 'group:north', 'shop:a']);
  expect(answer.headers['electric-handle']).toBeDefined();
});

test('what a shop may see is not kept by a cache between, and it goes on by its own handle', async () => {
  const first = await ask('collection=prices&offset=-1');
  expect(first.headers['cache-control']).toBe('private, no-cache');
  expect(first.headers.vary).toContain('authorization');
  const { 'electric-handle': handle, 'electric-offset': offset } = first.headers;
  const next = await ask(`collection=prices&offset=${offset}&handle=${handle}&live=true&cursor=1&log=full`);
  expect(next.headers).toHaveProperty('electric-up-to-date');
});

test('another shop’s handle opens nothing', async () => {
  const first = await ask('collection=prices&offset=-1', { shapes: feed.shapes }, 'b');
  const { 'electric-handle': handle, 'electric-offset': offset } = first.headers;
  const answer = await ask(`collection=prices&offset=${offset}&handle=${handle}`);
  expect(answer.statusCode).toBe(409);
});

test.each([
  'offset=-1',
  'collection=log&offset=-1',
  'collection=prices&collection=products&offset=-1',
  'collection=prices&offset=-1&table=feed.log',
  'collection=prices&offset=-1&where=true',
  'collection=prices&offset=-1&columns=id',
  'collection=prices&offset=-1&params[2]=shop:b',
  'collection=prices&offset=-1&params%5B2%5D=shop:b',
  'collection=prices&offset=-1&replica=full',
  'collection=prices&offset=-1&scope=shop:b',
  'collection=prices&offset=-1&offset=now',
  'collection=prices&offset=-1&subset__where=true',
])('a box that asks for more is denied: %s', async (query) => {
  const answer = await ask(query);
  expect(answer.statusCode).toBe(403);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(answer.json()).toMatchObject({ code: 'SHAPE_DENIED' });
});

test('a box that is not known is refused before anything else', async () => {
  const answer = await ask('collection=log', { shapes: feed.shapes }, '');
  expect(answer.statusCode).toBe(401);
});

test('with an Electric service the box sees no difference', async () => {
  const electric = await listen(shapeRoutes(feed.shapes));
  const through = await ask('collection=prices&offset=-1', { electricUrl: electric.url });
  const direct = await ask('collection=prices&offset=-1');
  expect(through.body).toBe(direct.body);
  for (const header of [
    'electric-handle',
    'electric-offset',
    'electric-schema',
    'etag',
    'cache-control',
    'vary',
  ]) {
    expect(through.headers[header]).toBe(direct.headers[header]);
  }
  const gone = await ask('collection=prices&offset=5_0&handle=unknown', { electricUrl: electric.url });
  expect(gone.statusCode).toBe(409);
  await electric.close();
});

test('an Electric service that does not answer is told as such', async () => {
  const electric = await listen(shapeRoutes(feed.shapes));
  await electric.close();
  const answer = await ask('collection=prices&offset=-1', { electricUrl: electric.url });
  expect(answer.json()).toMatchObject({
    status: 503,
    code: 'SERVICE_UNAVAILABLE',
    details: { part: 'electric' },
  });
});

test('a chain-wide collection has no condition', async () => {
  await ask('collection=products&offset=-1');
  const rows = await sql.rows(
    template`SELECT relation FROM feed.shapes WHERE relation = '"feed"."products"'`,
  );
  expect(rows).toHaveLength(1);
});
