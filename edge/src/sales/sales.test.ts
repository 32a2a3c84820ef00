import { v7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkBooks } from '../testing/check-books.ts';
import { openTestEdge, type TestEdge } from '../testing/open-test-edge.ts';

const MEATBALLS = {
  id: '01990000-0000-7000-8000-000000000001',
  code: '7310865004703',
  name: 'Köttbullar',
  vatCategory: 'food',
  priceMinor: 4995,
};
const ONION = {
  id: '01990000-0000-7000-8000-000000000002',
  code: 'LÖK',
  name: 'Gul lök',
  unit: 'gram' as const,
  vatCategory: 'food',
  priceMinor: 1990,
};
const SOAP = {
  id: '01990000-0000-7000-8000-000000000003',
  code: '96385074',
  name: 'Tvål',
  priceMinor: 2500,
};
const UNPRICED = { id: '01990000-0000-7000-8000-000000000004', code: 'NY', name: 'Nyhet' };

let shop: TestEdge;
beforeEach(async () => {
  shop = await openTestEdge([MEATBALLS, ONION, SOAP, UNPRICED]);
});
afterEach(async () => {
  checkBooks(shop.edge.store.db, shop.identity);
  await shop.close();
});

const cash = (amountMinor: number) => [{ type: 'cash', amountMinor }];
const external = (amountMinor: number) => [{ type: 'external', amountMinor }];
const onHand = async (id: string) => (await shop.get(`/v1/stock/${id}`)).body.onHand;
const countOf = (table: string) => shop.edge.store.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();

describe('selling', () => {
  test('two packs and 333 g in cash: rounded to whole kronor, change given, first receipt, stock moved', async () => {
    const sale = await shop.post('/v1/sales', {
      lines: [
        { code: MEATBALLS.code, quantity: 2 },
        { productId: ONION.id, quantity: 333 },
      ],
      tenders: cash(20_000),
      currency: 'SEK',
      reference: 'F-1',
    });
    expect(sale.status).toBe(201);
    expect(sale.body).toMatchObject({
      kind: 'sale',
      receipt: { till: '1', epoch: 1, number: 1, text: '1-1-000001' },
      businessDay: '2026-11-20',
      reference: 'F-1',
      lines: [
        { code: MEATBALLS.code, quantity: 2, unitPriceMinor: 4995, rateBp: 600, amountMinor: 9990 },
        { code: 'LÖK', quantity: 333, unitPriceMinor: 1990, amountMinor: 663 },
      ],
      vat: [{ rateBp: 600, grossMinor: 10_653, netMinor: 10_050, vatMinor: 603 }],
      totalMinor: 10_653,
      roundingMinor: 47,
      payableMinor: 10_700,
      changeMinor: 9300,
    });
    expect(await onHand(MEATBALLS.id)).toBe(-2);
    expect((await shop.get(`/v1/sales/${sale.body.saleId}`)).body).toEqual(sale.body);
  });

  test('the hub is told by two facts that commit with the sale', async () => {
    const { body } = await shop.post('/v1/sales', {
      lines: [{ code: SOAP.code, quantity: 1 }],
      tenders: cash(2500),
    });
    const facts = shop.edge.store.db
      .prepare('SELECT type, aggregate, payload FROM outbox ORDER BY channel')
      .all();
    const { text: _, ...receipt } = body.receipt;
    expect(facts).toMatchObject([
      { type: 'sale.recorded', aggregate: `sale:${body.saleId}` },
      { type: 'stock.moved', aggregate: `stock:${body.saleId}` },
    ]);
    expect(JSON.parse((facts[0] as { payload: string }).payload)).toEqual({ ...body, receipt });
    expect((await shop.get('/v1/sync')).body.unsent).toMatchObject({ facts: 2, sales: 1 });
  });

  test('a card payment is exact, a split one rounds only what is left for cash', async () => {
    const lines = [{ code: MEATBALLS.code, quantity: 1 }];
    const card = await shop.post('/v1/sales', { lines, tenders: external(4995) });
    expect(card.body).toMatchObject({ payableMinor: 4995, roundingMinor: 0, changeMinor: 0 });
    const split = await shop.post('/v1/sales', { lines, tenders: [...external(2050), ...cash(2900)] });
    expect(split.body).toMatchObject({ payableMinor: 4950, roundingMinor: -45, changeMinor: 0 });
  });

  test('an overridden price is kept with its reason', async () => {
    const { body } = await shop.post('/v1/sales', {
      lines: [
        {
          code: 'NY',
          quantity: 1,
          override: { unitPriceMinor: 900, currency: 'SEK', reason: 'price in barcode' },
        },
      ],
      tenders: external(900),
    });
    expect(body.lines).toMatchObject([
      { listPriceMinor: null, unitPriceMinor: 900, overrideReason: 'price in barcode' },
    ]);
  });

  test('a quote tells what a sale would come to and changes nothing', async () => {
    const lines = [{ code: MEATBALLS.code, quantity: 1 }];
    expect((await shop.post('/v1/quote', { lines }, '')).body).toMatchObject({
      totalMinor: 4995,
      payableMinor: 5000,
    });
    const card = await shop.post('/v1/quote', { lines, cash: false }, '');
    expect(card.body).toMatchObject({ payableMinor: 4995, roundingMinor: 0, currency: 'SEK' });
    expect(countOf('sales')).toBe(0);
  });

  test.each([
    [
      'an unknown product',
      { lines: [{ code: 'X', quantity: 1 }] },
      404,
      'PRODUCT_NOT_FOUND',
      { line: 0, code: 'X' },
    ],
    ['a negative quantity', { lines: [{ code: 'LÖK', quantity: -1 }] }, 400, 'QUANTITY_INVALID', { line: 0 }],
    ['half a piece', { lines: [{ code: 'LÖK', quantity: 0.5 }] }, 400, 'QUANTITY_INVALID', { line: 0 }],
    ['no lines', { lines: [] }, 400, 'SALE_EMPTY', undefined],
    ['no price', { lines: [{ code: 'NY', quantity: 1 }] }, 422, 'PRICE_MISSING', { line: 0 }],
    [
      'another currency',
      { lines: [{ code: 'LÖK', quantity: 9 }], currency: 'EUR' },
      400,
      'CURRENCY_MISMATCH',
      { expected: 'SEK' },
    ],
    [
      'an override without a reason',
      { lines: [{ code: 'NY', quantity: 1, override: { unitPriceMinor: 1, currency: 'SEK', reason: ' ' } }] },
      400,
      'OVERRIDE_REASON_MISSING',
      { line: 0 },
    ],
    [
      'an override in another currency',
      { lines: [{ code: 'NY', quantity: 1, override: { unitPriceMinor: 1, currency: 'NOK', reason: 'x' } }] },
      400,
      'CURRENCY_MISMATCH',
      { line: 0 },
    ],
    [
      'too little money',
      { lines: [{ code: SOAP.code, quantity: 1 }], tenders: cash(2400) },
      422,
      'TENDER_INSUFFICIENT',
      { missingMinor: 100 },
    ],
    [
      'too much on a card',
      { lines: [{ code: SOAP.code, quantity: 1 }], tenders: external(2600) },
      422,
      'TENDER_EXCESSIVE',
      { excessMinor: 100 },
    ],
    [
      'a cheque',
      { lines: [{ code: SOAP.code, quantity: 1 }], tenders: [{ type: 'cheque', amountMinor: 2500 }] },
      400,
      'TENDER_UNSUPPORTED',
      { supported: ['cash', 'external'] },
    ],
    [
      'a product named twice',
      { lines: [{ code: 'LÖK', productId: ONION.id, quantity: 1 }] },
      400,
      'REQUEST_INVALID',
      undefined,
    ],
    [
      'a field that does not exist',
      { lines: [{ code: 'LÖK', quantity: 1 }], discount: 5 },
      400,
      'REQUEST_INVALID',
      undefined,
    ],
  ])('%s is refused whole', async (_what, body, status, code, details) => {
    const answer = await shop.post('/v1/sales', { tenders: cash(100_000), ...body });
    expect(answer).toMatchObject({ status, body: { code, ...(details && { details }) } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect([countOf('sales'), countOf('stock_movements'), countOf('outbox'), countOf('answers')]).toEqual([
      0, 0, 0, 0,
    ]);
  });
});

describe('repeating a request', () => {
  const request = { lines: [{ code: SOAP.code, quantity: 1 }], tenders: cash(2500) };

  test('gives the first answer again, also after the shop was closed and opened', async () => {
    const key = v7();
    const first = await shop.post('/v1/sales', request, key);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    await shop.reopen();
    const again = await shop.post('/v1/sales', request, key);
    expect(again.status).toBe(201);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    expect(countOf('sales')).toBe(1);
  });

  test('with other content or as another operation is refused', async () => {
    const key = v7();
    await shop.post('/v1/sales', request, key);
    const other = await shop.post('/v1/sales', { ...request, reference: 'other' }, key);
    expect(other).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    const returned = await shop.post('/v1/returns', { ...request, reason: 'regret' }, key);
    expect(returned.body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(countOf('sales')).toBe(1);
  });

  test('at the same moment makes one sale', async () => {
    const key = v7();
    const answers = await Promise.all(Array.from({ length: 8 }, () => shop.post('/v1/sales', request, key)));
    expect(new Set(answers.map(({ body }) => body.saleId)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(7);
    expect(countOf('sales')).toBe(1);
  });

  test('after a refusal may be corrected under the same key', async () => {
    const key = v7();
    await shop.post('/v1/sales', { ...request, tenders: cash(1) }, key);
    expect((await shop.post('/v1/sales', request, key)).status).toBe(201);
  });

  test('without a key is not possible', async () => {
    expect((await shop.post('/v1/sales', request, '')).body.code).toBe('IDEMPOTENCY_KEY_MISSING');
    expect((await shop.post('/v1/sales', request, 'one')).body.code).toBe('IDEMPOTENCY_KEY_MISSING');
  });
});

describe('goods that come back', () => {
  const lines = [
    { code: MEATBALLS.code, quantity: 3 },
    { code: 'LÖK', quantity: 1333 },
  ];

  test('returning a whole sale is its exact mirror, although the price has changed since', async () => {
    const { body: sale } = await shop.post('/v1/sales', { lines, tenders: cash(50_000) });
    await shop.edge.store.write((db) => {
      db.prepare('UPDATE prices SET amount_minor = 1 WHERE product_id = ?').run(MEATBALLS.id);
    });
    const answer = await shop.post('/v1/returns', {
      lines,
      tenders: cash(sale.payableMinor),
      originalSaleId: sale.saleId,
      reason: 'regret',
    });
    expect(answer.status).toBe(201);
    const { body: back } = answer;
    expect(back).toMatchObject({
      kind: 'return',
      originalSaleId: sale.saleId,
      reason: 'regret',
      totalMinor: -sale.totalMinor,
      roundingMinor: -sale.roundingMinor,
      payableMinor: -sale.payableMinor,
      tenders: [{ type: 'cash', amountMinor: -sale.payableMinor }],
      receipt: { number: 2 },
    });
    expect(back.vat).toEqual(
      sale.vat.map((row: Record<string, number>) => ({
        rateBp: row.rateBp,
        grossMinor: -row.grossMinor!,
        netMinor: -row.netMinor!,
        vatMinor: -row.vatMinor!,
      })),
    );
    expect(await onHand(MEATBALLS.id)).toBe(0);
  });

  test('more than was sold cannot come back, not in parts either', async () => {
    const { body: sale } = await shop.post('/v1/sales', { lines, tenders: cash(50_000) });
    const giveBack = (quantity: number, paid: number) =>
      shop.post('/v1/returns', {
        lines: [{ code: MEATBALLS.code, quantity }],
        tenders: external(paid),
        originalSaleId: sale.saleId,
        reason: 'broken',
      });
    expect((await giveBack(2, 9990)).status).toBe(201);
    const tooMany = await giveBack(2, 9990);
    expect(tooMany).toMatchObject({
      status: 422,
      body: { code: 'RETURN_EXCEEDS_SALE', details: { returnable: 1 } },
    });
    expect((await giveBack(1, 4995)).status).toBe(201);
  });

  describe('from a sale with one product at two prices', () => {
    const reduced = { unitPriceMinor: 1000, currency: 'SEK', reason: 'short date' };
    const sold = [
      { code: SOAP.code, quantity: 2, override: reduced },
      { code: MEATBALLS.code, quantity: 1 },
      { code: SOAP.code, quantity: 3 },
    ];
    let sale: { saleId: string; totalMinor: number; vat: Record<string, number>[] };
    beforeEach(async () => {
      const answer = await shop.post('/v1/sales', { lines: sold, tenders: external(14_495) });
      expect(answer.status).toBe(201);
      sale = answer.body;
    });
    const giveBack = (lines: object[], paid: number) =>
      shop.post('/v1/returns', {
        lines,
        tenders: external(paid),
        originalSaleId: sale.saleId,
        reason: 'regret',
      });
    const linesOf = (answer: { body: { lines: Record<string, number>[] } }) =>
      answer.body.lines.map(({ quantity, unitPriceMinor, amountMinor }) => [
        quantity,
        unitPriceMinor,
        amountMinor,
      ]);

    test('the lines come back in their order, each at its price, over several returns', async () => {
      const first = await giveBack([{ code: SOAP.code, quantity: 1 }], 1000);
      expect(linesOf(first)).toEqual([[-1, 1000, -1000]]);
      const second = await giveBack([{ productId: SOAP.id, quantity: 2 }], 3500);
      expect(linesOf(second)).toEqual([
        [-1, 1000, -1000],
        [-1, 2500, -2500],
      ]);
      const tooMany = await giveBack([{ code: SOAP.code, quantity: 3 }], 7500);
      expect(tooMany.body).toMatchObject({
        code: 'RETURN_EXCEEDS_SALE',
        details: { code: SOAP.code, returnable: 2 },
      });
      const third = await giveBack([{ code: SOAP.code, quantity: 2 }], 5000);
      expect(linesOf(third)).toEqual([[-2, 2500, -5000]]);
      expect((await giveBack([{ code: SOAP.code, quantity: 1 }], 2500)).body.code).toBe(
        'RETURN_EXCEEDS_SALE',
      );
      expect(await onHand(SOAP.id)).toBe(0);
    });

    test('all of it is the exact mirror, whether line by line or product by product', async () => {
      const asSold = sold.map(({ code, quantity }) => ({ code, quantity }));
      const { body: back } = await giveBack(asSold, 14_495);
      expect(back.totalMinor).toBe(-sale.totalMinor);
      expect(back.lines.map(({ amountMinor }: { amountMinor: number }) => amountMinor)).toEqual([
        -2000, -4995, -7500,
      ]);
      const mirrored = sale.vat.map(({ rateBp, grossMinor, netMinor, vatMinor }) => ({
        rateBp,
        grossMinor: -grossMinor!,
        netMinor: -netMinor!,
        vatMinor: -vatMinor!,
      }));
      expect(back.vat).toEqual(mirrored);
    });

    test('five of the product on one line are two and three', async () => {
      const back = await giveBack([{ code: SOAP.code, quantity: 5 }], 9500);
      expect(linesOf(back)).toEqual([
        [-2, 1000, -2000],
        [-3, 2500, -7500],
      ]);
    });

    test('an override may lower what is paid back, and never raise it above the price of the sale', async () => {
      const override = (unitPriceMinor: number) => ({ unitPriceMinor, currency: 'SEK', reason: 'opened' });
      const line = (unitPriceMinor: number) => ({
        code: SOAP.code,
        quantity: 1,
        override: override(unitPriceMinor),
      });
      expect(await giveBack([line(1001)], 1001)).toMatchObject({
        status: 422,
        body: { code: 'RETURN_PRICE_EXCEEDS_SALE', details: { line: 0, soldUnitPriceMinor: 1000 } },
      });
      expect(linesOf(await giveBack([line(400)], 400))).toEqual([[-1, 400, -400]]);
    });

    test.each([0.5, -1, 0])('a quantity of %d is refused', async (quantity) => {
      const answer = await giveBack([{ code: SOAP.code, quantity }], 1000);
      expect(answer.body).toMatchObject({ code: 'QUANTITY_INVALID', details: { line: 0 } });
    });
  });

  test('the hub is told the reason', async () => {
    await shop.post('/v1/returns', {
      lines: [{ code: SOAP.code, quantity: 1 }],
      tenders: cash(2500),
      reason: 'broken seal',
    });
    const payload = shop.edge.store.db
      .prepare<[], string>(`SELECT payload FROM outbox WHERE type = 'sale.recorded'`)
      .pluck()
      .get();
    expect(JSON.parse(payload!)).toMatchObject({ kind: 'return', reason: 'broken seal' });
  });

  test('come back without the sale at today’s price', async () => {
    const answer = await shop.post('/v1/returns', {
      lines: [{ code: SOAP.code, quantity: 1 }],
      tenders: cash(2500),
      reason: 'no receipt',
    });
    expect(answer.body).toMatchObject({ kind: 'return', totalMinor: -2500, lines: [{ quantity: -1 }] });
    expect(await onHand(SOAP.id)).toBe(1);
  });

  test('a return needs a reason, a known sale, and pays back exactly', async () => {
    const body = { lines: [{ code: SOAP.code, quantity: 1 }], tenders: cash(2500) };
    expect((await shop.post('/v1/returns', body)).body.code).toBe('REQUEST_INVALID');
    const unknown = { ...body, reason: 'x', originalSaleId: v7() };
    expect((await shop.post('/v1/returns', unknown)).body.code).toBe('SALE_NOT_FOUND');
    const less = { ...body, reason: 'x', tenders: cash(2400) };
    expect((await shop.post('/v1/returns', less)).body.code).toBe('TENDER_INSUFFICIENT');
    const more = { ...body, reason: 'x', tenders: cash(2600) };
    expect((await shop.post('/v1/returns', more)).body.code).toBe('TENDER_EXCESSIVE');
    expect(countOf('sales')).toBe(0);
  });
});

describe('looking back', () => {
  test('sales are listed newest first, page by page', async () => {
    for (let n = 0; n < 5; n += 1) {
      await shop.post('/v1/sales', { lines: [{ code: SOAP.code, quantity: 1 }], tenders: cash(2500) });
    }
    const texts = (body: { items: { receipt: { text: string } }[] }) =>
      body.items.map(({ receipt }) => receipt.text);
    expect(texts((await shop.get('/v1/sales?limit=2')).body)).toEqual(['1-1-000005', '1-1-000004']);
    expect(texts((await shop.get('/v1/sales?limit=2&before=1-1-000004')).body)).toEqual([
      '1-1-000003',
      '1-1-000002',
    ]);
    expect((await shop.get('/v1/sales?before=2-1-000004')).body.code).toBe('REQUEST_INVALID');
  });

  test('the ledgers cannot be changed', async () => {
    await shop.post('/v1/sales', { lines: [{ code: SOAP.code, quantity: 1 }], tenders: cash(2500) });
    for (const table of ['sales', 'sale_lines', 'sale_vat', 'sale_tenders', 'stock_movements', 'answers']) {
      const change = shop.edge.store.write((db) => db.prepare(`DELETE FROM ${table}`).run().changes);
      await expect(change).rejects.toThrow();
      const replace = shop.edge.store.write(
        (db) => db.prepare(`INSERT OR REPLACE INTO ${table} SELECT * FROM ${table}`).run().changes,
      );
      await expect(replace).rejects.toThrow();
    }
  });

  test('a receipt number cannot be left out', async () => {
    const skip = shop.edge.store.write(
      (db) =>
        db
          .prepare(
            `INSERT INTO sales (sale_id, kind, till, epoch, receipt_number, journal_hash, sold_at, business_day, currency,
             total_minor, rounding_minor, payable_minor, change_minor)
           VALUES ('a', 'sale', '1', 1, 2, 'h', 'x', 'x', 'SEK', 0, 0, 0, 0)`,
          )
          .run().changes,
    );
    await expect(skip).rejects.toThrow('no gaps');
  });
});
