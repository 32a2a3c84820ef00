import fc from 'fast-check';
import { test } from 'vitest';
import { checkBooks } from '../testing/check-books.ts';
import { openTestEdge, type TestEdge } from '../testing/open-test-edge.ts';

const PRODUCTS = [
  { id: '01990000-0000-7000-8000-000000000001', code: 'A', name: 'A', priceMinor: 995, vatCategory: 'food' },
  { id: '01990000-0000-7000-8000-000000000002', code: 'B', name: 'B', priceMinor: 12_345 },
  {
    id: '01990000-0000-7000-8000-000000000003',
    code: 'C',
    name: 'C',
    unit: 'gram' as const,
    priceMinor: 8990,
    vatCategory: 'food',
  },
];

/** What a shopkeeper would note on paper. */
interface Model {
  onHand: Map<string, number>;
  receipts: number;
  soldMinor: number;
  sales: { saleId: string; lines: Line[]; returned: boolean }[];
}
type Line = { code: string; quantity: number };

const lines = fc.array(
  fc.record({ code: fc.constantFrom('A', 'B', 'C'), quantity: fc.integer({ min: 1, max: 2000 }) }),
  { minLength: 1, maxLength: 4 },
);

class Sell implements fc.AsyncCommand<Model, TestEdge> {
  readonly lines: Line[];
  readonly cash: boolean;
  constructor(sold: Line[], cash: boolean) {
    this.lines = sold;
    this.cash = cash;
  }
  check = () => true;
  async run(model: Model, shop: TestEdge): Promise<void> {
    const { body: quote } = await shop.post('/v1/quote', { lines: this.lines, cash: this.cash }, '');
    const tenders = [{ type: this.cash ? 'cash' : 'external', amountMinor: quote.payableMinor }];
    const { body: sale } = await shop.post('/v1/sales', { lines: this.lines, tenders });
    equal(sale.payableMinor, quote.payableMinor);
    move(model, this.lines, -1);
    model.receipts += 1;
    equal(sale.receipt.number, model.receipts);
    model.soldMinor += sale.totalMinor;
    model.sales.push({ saleId: sale.saleId, lines: this.lines, returned: false });
  }
  toString = () => `sell ${JSON.stringify(this.lines)} ${this.cash ? 'in cash' : 'by card'}`;
}

class GiveBack implements fc.AsyncCommand<Model, TestEdge> {
  readonly pick: number;
  constructor(pick: number) {
    this.pick = pick;
  }
  check = (model: Readonly<Model>) => model.sales.length > 0;
  async run(model: Model, shop: TestEdge): Promise<void> {
    const sale = model.sales[this.pick % model.sales.length]!;
    const { body: sold } = await shop.get(`/v1/sales/${sale.saleId}`);
    const answer = await shop.post('/v1/returns', {
      lines: sale.lines,
      tenders: sold.tenders,
      originalSaleId: sale.saleId,
      reason: 'regret',
    });
    if (sale.returned) {
      equal(answer.body.code, 'RETURN_EXCEEDS_SALE');
      return;
    }
    equal(answer.body.totalMinor, -sold.totalMinor);
    move(model, sale.lines, 1);
    model.receipts += 1;
    model.soldMinor -= sold.totalMinor;
    sale.returned = true;
  }
  toString = () => `give back ${this.pick}`;
}

class Receive implements fc.AsyncCommand<Model, TestEdge> {
  readonly lines: Line[];
  readonly unitCostMinor: number | undefined;
  constructor(received: Line[], unitCostMinor: number | undefined) {
    this.lines = received;
    this.unitCostMinor = unitCostMinor;
  }
  check = () => true;
  async run(model: Model, shop: TestEdge): Promise<void> {
    const { unitCostMinor } = this;
    await shop.post('/v1/stock/receipts', { lines: this.lines.map((line) => ({ ...line, unitCostMinor })) });
    move(model, this.lines, 1);
  }
  toString = () => `receive ${JSON.stringify(this.lines)} at ${this.unitCostMinor}`;
}

class Reopen implements fc.AsyncCommand<Model, TestEdge> {
  check = () => true;
  run = (_model: Model, shop: TestEdge) => shop.reopen();
  toString = () => 'close and open';
}

test('whatever a day brings, stock, receipts and money agree with a note on paper', async () => {
  const commands = fc.commands(
    [
      fc.tuple(lines, fc.boolean()).map(([sold, cash]) => new Sell(sold, cash)),
      fc.nat(50).map((pick) => new GiveBack(pick)),
      fc
        .tuple(lines, fc.option(fc.nat(20_000), { nil: undefined }))
        .map(([got, cost]) => new Receive(got, cost)),
      fc.constant(new Reopen()),
    ],
    { maxCommands: 25 },
  );
  await fc.assert(
    fc.asyncProperty(commands, async (day) => {
      const shop = await openTestEdge(PRODUCTS);
      try {
        const model: Model = { onHand: new Map(), receipts: 0, soldMinor: 0, sales: [] };
        await fc.asyncModelRun(() => ({ model, real: shop }), day);
        await compare(model, shop);
      } finally {
        await shop.close();
      }
    }),
    { numRuns: 12, seed: 20_261_120 },
  );
}, 120_000);

async function compare(model: Model, shop: TestEdge): Promise<void> {
  const { db } = shop.edge.store;
  equal(checkBooks(db, shop.identity).sales, model.receipts);
  equal(db.prepare('SELECT coalesce(sum(total_minor), 0) FROM sales').pluck().get(), model.soldMinor);
  for (const { id, code } of PRODUCTS) {
    equal((await shop.get(`/v1/stock/${id}`)).body.onHand, model.onHand.get(code) ?? 0);
  }
}

function move(model: Model, moved: readonly Line[], sign: 1 | -1): void {
  for (const { code, quantity } of moved) {
    model.onHand.set(code, (model.onHand.get(code) ?? 0) + sign * quantity);
  }
}

function equal(found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`found ${String(found)}, expected ${String(expected)}`);
}
