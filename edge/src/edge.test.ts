import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { edgeConfigSchema } from './config.ts';
import { startEdge } from './edge.ts';
import type { Identity } from './provisioning/identity.ts';
import { IDENTITY_FILE } from './provisioning/load-identity.ts';
import { checkBooks } from './testing/check-books.ts';
import { makeTestFolder, openTestEdge, type TestEdge } from './testing/open-test-edge.ts';

const SOAP = { id: '01990000-0000-7000-8000-000000000001', code: 'TVÅL', name: 'Tvål', priceMinor: 2500 };
const SALE = { lines: [{ code: 'TVÅL', quantity: 1 }], tenders: [{ type: 'cash', amountMinor: 2500 }] };

describe('a shop', () => {
  let shop: TestEdge;
  beforeEach(async () => {
    shop = await openTestEdge([SOAP]);
  });
  afterEach(() => shop.close());

  test('sells although the hub never answered, and says so', async () => {
    expect((await shop.post('/v1/sales', SALE)).status).toBe(201);
    expect((await shop.get('/v1/sync')).body).toMatchObject({
      hub: 'unreachable',
      unsent: { facts: 2, sales: 1 },
    });
    expect((await shop.get('/v1/health')).body).toEqual({ status: 'ok', version: expect.any(String) });
  });

  test('goes on with the next receipt after it was closed and opened', async () => {
    await shop.post('/v1/sales', SALE);
    await shop.reopen();
    expect((await shop.post('/v1/sales', SALE)).body.receipt.text).toBe('1-1-000002');
    expect(checkBooks(shop.edge.store.db, shop.identity)).toEqual({ sales: 2 });
  });

  test.each([
    ['epoch', (identity: Identity) => ({ ...identity, epoch: 2 })],
    ['node', (identity: Identity) => ({ ...identity, nodeId: '01990000-0000-7000-8000-00000000000b' })],
    ['shop', (identity: Identity) => ({ ...identity, shop: { ...identity.shop, shopId: identity.nodeId } })],
  ])('does not open under an identity with another %s than its store was written by', async (_, change) => {
    await shop.post('/v1/sales', SALE);
    const write = (identity: Identity) =>
      writeFileSync(join(shop.dataFolder, IDENTITY_FILE), JSON.stringify(identity));
    write(change(shop.identity));
    await expect(shop.reopen()).rejects.toMatchObject({ code: 'STORE_FOREIGN' });
    write(shop.identity);
    await shop.reopen();
    expect((await shop.get('/v1/sync')).body.unsent.sales).toBe(1);
  });

  test('keeps nothing of a sale when the disk is full, and sells on once there is room', async () => {
    await shop.post('/v1/sales', SALE);
    const { db } = shop.edge.store;
    db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true })}`);
    let made = 1;
    let refused: Awaited<ReturnType<TestEdge['post']>> | undefined;
    while (refused === undefined && made < 200) {
      const answer = await shop.post('/v1/sales', SALE);
      if (answer.status === 201) made += 1;
      else refused = answer;
    }
    expect(refused).toMatchObject({ status: 503, body: { code: 'STORE_FULL' } });
    expect(checkBooks(db, shop.identity)).toEqual({ sales: made });
    db.pragma('max_page_count = 1000000');
    expect((await shop.post('/v1/sales', SALE)).body.receipt.number).toBe(made + 1);
    expect(checkBooks(db, shop.identity)).toEqual({ sales: made + 1 });
  });

  test('sales at the same moment each get a receipt of their own', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => shop.post('/v1/sales', SALE)));
    const numbers = answers.map(({ body }) => body.receipt.number).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(checkBooks(shop.edge.store.db, shop.identity)).toEqual({ sales: 40 });
  });

  test('describes its API and keeps browsers to itself', async () => {
    const { body, headers } = await shop.get('/openapi.json');
    expect(body.openapi).toMatch(/^3\.1/);
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining(['/v1/sales', '/v1/scan', '/v1/stock/receipts']),
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect((await shop.get('/v1/nothing')).body.code).toBe('ROUTE_NOT_FOUND');
  });

  test('a second process on the same folder is refused and disturbs nothing', async () => {
    const config = edgeConfigSchema.parse({ dataFolder: shop.dataFolder, port: 0 });
    const second = startEdge(config, { logger: pino({ level: 'silent' }) });
    await expect(second).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    expect((await shop.post('/v1/sales', SALE)).status).toBe(201);
  });
});

describe('a box', () => {
  let dataFolder: string;
  beforeEach(() => {
    dataFolder = makeTestFolder();
  });
  afterEach(() => rmSync(dataFolder, { recursive: true, force: true }));

  test('that is not enrolled does not start', async () => {
    const config = edgeConfigSchema.parse({ dataFolder, port: 0 });
    await expect(startEdge(config)).rejects.toMatchObject({ code: 'NOT_ENROLLED' });
  });

  test('whose port is taken says which, and lets go of the store', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const shop = await openTestEdge();
    await shop.edge.close();
    const config = edgeConfigSchema.parse({ dataFolder: shop.dataFolder, port, logLevel: 'silent' });
    await expect(startEdge(config)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      details: { part: `port ${port}` },
    });
    await shop.reopen();
    await shop.close();
    other.close();
  });
});
