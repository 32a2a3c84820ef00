import { v7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkBooks } from '../testing/check-books.ts';
import { openTestEdge, type TestEdge } from '../testing/open-test-edge.ts';

const SOAP = { id: '01990000-0000-7000-8000-000000000001', code: 'TVÅL', name: 'Tvål', priceMinor: 2500 };
const CHEESE = {
  id: '01990000-0000-7000-8000-000000000002',
  code: 'OST',
  name: 'Ost',
  unit: 'gram' as const,
  priceMinor: 12_900,
};

let shop: TestEdge;
beforeEach(async () => {
  shop = await openTestEdge([SOAP, CHEESE]);
});
afterEach(async () => {
  checkBooks(shop.edge.store.db, shop.identity);
  await shop.close();
});

const receive = (lines: object[], key?: string) => shop.post('/v1/stock/receipts', { lines }, key);
const stockOf = async (product: { id: string }) => (await shop.get(`/v1/stock/${product.id}`)).body;
const sell = (quantity: number, product = SOAP) =>
  shop.post('/v1/sales', {
    lines: [{ productId: product.id, quantity }],
    tenders: [{ type: 'cash', amountMinor: 10_000_000 }],
  });
const costs = () =>
  shop.edge.store.db
    .prepare('SELECT cost_minor FROM stock_movements ORDER BY cause_id, position')
    .pluck()
    .all();

describe('deliveries', () => {
  test('make lots, oldest first, worth what they cost', async () => {
    expect((await receive([{ code: 'TVÅL', quantity: 10, unitCostMinor: 1000 }])).status).toBe(201);
    shop.clock.nowMs += 1000;
    const answer = await receive([
      { productId: SOAP.id, quantity: 5, unitCostMinor: 1200, batch: 'B2', expiresOn: '2027-01-31' },
      { code: 'OST', quantity: 2500, unitCostMinor: 8000 },
    ]);
    expect(answer.body).toEqual({ receiptId: expect.any(String), movements: 2 });
    expect(await stockOf(SOAP)).toMatchObject({
      onHand: 15,
      valueMinor: 16_000,
      lots: [
        { quantity: 10, unitCostMinor: 1000, batch: null },
        { quantity: 5, unitCostMinor: 1200, batch: 'B2', expiresOn: '2027-01-31' },
      ],
    });
    expect(await stockOf(CHEESE)).toMatchObject({ onHand: 2500, valueMinor: 20_000 });
  });

  test('are taken once per key, all lines or none', async () => {
    const key = v7();
    const lines = [{ code: 'TVÅL', quantity: 10 }];
    const first = await receive(lines, key);
    expect((await receive(lines, key)).body).toEqual(first.body);
    expect((await receive([{ code: 'TVÅL', quantity: 11 }], key)).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    const half = await receive([
      { code: 'TVÅL', quantity: 10 },
      { code: 'FINNS EJ', quantity: 1 },
    ]);
    expect(half.body).toMatchObject({ code: 'PRODUCT_NOT_FOUND', details: { line: 1 } });
    expect((await receive([{ code: 'TVÅL', quantity: 0 }])).body.code).toBe('QUANTITY_INVALID');
    expect((await stockOf(SOAP)).onHand).toBe(10);
  });

  test('tell the hub what came in', async () => {
    await receive([{ code: 'TVÅL', quantity: 10, unitCostMinor: 1000, batch: 'B1' }]);
    const payload = shop.edge.store.db.prepare('SELECT payload FROM outbox').pluck().get() as string;
    expect(JSON.parse(payload)).toMatchObject({
      reason: 'receipt',
      currency: 'SEK',
      movements: [{ code: 'TVÅL', quantity: 10, costMinor: 10_000, batch: 'B1' }],
    });
  });
});

describe('sales take the oldest lots', () => {
  test('at their cost', async () => {
    await receive([{ code: 'TVÅL', quantity: 2, unitCostMinor: 1000 }]);
    shop.clock.nowMs += 1000;
    await receive([{ code: 'TVÅL', quantity: 10, unitCostMinor: 1300 }]);
    await sell(5);
    expect(await stockOf(SOAP)).toMatchObject({ onHand: 7, valueMinor: 9100, lots: [{ quantity: 7 }] });
    expect(costs()).toEqual([2000, 13_000, -(2 * 1000 + 3 * 1300)]);
  });

  test('and go on below zero, at the last known cost, or none when nothing is known', async () => {
    expect((await sell(2)).status).toBe(201);
    await receive([{ code: 'TVÅL', quantity: 5, unitCostMinor: 1000 }]);
    expect(await stockOf(SOAP)).toMatchObject({ onHand: 3, valueMinor: 3000, lots: [{ quantity: 3 }] });
    expect((await sell(4)).status).toBe(201);
    expect(await stockOf(SOAP)).toMatchObject({ onHand: -1, valueMinor: 0, lots: [] });
    expect(costs()).toEqual([null, 5000, -4000]);
  });

  test('what comes back has the cost it was sold at', async () => {
    await receive([{ code: 'TVÅL', quantity: 1, unitCostMinor: 1000 }]);
    const { body: sale } = await sell(1);
    await receive([{ code: 'TVÅL', quantity: 1, unitCostMinor: 1500 }]);
    await shop.post('/v1/returns', {
      lines: [{ code: 'TVÅL', quantity: 1 }],
      tenders: [{ type: 'cash', amountMinor: 2500 }],
      originalSaleId: sale.saleId,
      reason: 'regret',
    });
    expect(await stockOf(SOAP)).toMatchObject({ onHand: 2, valueMinor: 2500 });
    expect(costs().at(-1)).toBe(1000);
  });

  test('the same product on two lines is taken twice', async () => {
    await receive([{ code: 'TVÅL', quantity: 3, unitCostMinor: 1000 }]);
    const line = { productId: SOAP.id, quantity: 2 };
    await shop.post('/v1/sales', {
      lines: [line, line],
      tenders: [{ type: 'external', amountMinor: 10_000 }],
    });
    expect(await stockOf(SOAP)).toMatchObject({ onHand: -1, lots: [] });
  });
});

test('a product that never moved has nothing, an unknown one is not found', async () => {
  expect(await stockOf(SOAP)).toEqual({
    productId: SOAP.id,
    code: 'TVÅL',
    onHand: 0,
    valueMinor: 0,
    lots: [],
  });
  expect((await shop.get(`/v1/stock/${v7()}`)).body.code).toBe('PRODUCT_NOT_FOUND');
});
