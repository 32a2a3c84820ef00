import { MAX_BATCH_BYTES } from '@butik/proto/facts/sync-wire';
import { v7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkBooks } from '../testing/check-books.ts';
import { openTestEdge, type TestEdge } from '../testing/open-test-edge.ts';

/** The most lines that the API takes. */
const SALE_LINES = 1_200;
const RECEIPT_LINES = 1_000;
const PRICE = 987_654_321;

const goods = Array.from({ length: SALE_LINES }, (_, index) => ({
  id: v7(),
  code: String(7_310_000_000_000 + index),
  name: 'Å'.repeat(40),
  priceMinor: PRICE,
}));
const override = { unitPriceMinor: PRICE, currency: 'SEK', reason: 'ö'.repeat(200) };

let shop: TestEdge;
beforeEach(async () => {
  shop = await openTestEdge(goods);
});
afterEach(() => shop.close());

const saleOf = (lines: number) => ({
  lines: Array.from({ length: lines }, (_, index) => ({
    productId: goods[index % SALE_LINES]!.id,
    quantity: 1,
    override,
  })),
  tenders: [{ type: 'external', amountMinor: PRICE * lines }],
});
const largestFact = () =>
  shop.edge.store.db.prepare<[], number>('SELECT max(bytes) FROM outbox').pluck().get();

test('the largest sale sells, goes to the hub in one fact, and comes back whole', async () => {
  const sale = await shop.post('/v1/sales', saleOf(SALE_LINES));
  expect(sale.status).toBe(201);
  expect(sale.body.lines).toHaveLength(SALE_LINES);
  expect(largestFact()).toBeLessThan(MAX_BATCH_BYTES);
  const back = await shop.post('/v1/returns', {
    lines: goods.map(({ code }) => ({ code, quantity: 1 })),
    tenders: saleOf(SALE_LINES).tenders,
    originalSaleId: sale.body.saleId,
    reason: 'regret',
  });
  expect(back.body).toMatchObject({ totalMinor: -sale.body.totalMinor });
  checkBooks(shop.edge.store.db, shop.identity);
});

test('a sale with one line more is refused as such', async () => {
  const answer = await shop.post('/v1/sales', saleOf(SALE_LINES + 1));
  expect(answer).toMatchObject({
    status: 400,
    body: { code: 'REQUEST_INVALID', details: { fields: [{ path: 'body.lines' }] } },
  });
});

test('the largest delivery is received and goes to the hub in one fact', async () => {
  const lines = goods.slice(0, RECEIPT_LINES).map(({ id }) => ({
    productId: id,
    quantity: 1_000_000,
    unitCostMinor: PRICE,
    batch: 'Å'.repeat(64),
    expiresOn: '2027-01-31',
  }));
  const answer = await shop.post('/v1/stock/receipts', { lines });
  expect(answer).toMatchObject({ status: 201, body: { movements: RECEIPT_LINES } });
  expect(largestFact()).toBeLessThan(MAX_BATCH_BYTES);
});
