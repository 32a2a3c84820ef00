import type { Database } from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STORE_FILE } from '../../edge/src/store/store.ts';
import { openTestEdge, type TestEdge } from '../../edge/src/testing/open-test-edge.ts';
import { compareHub, type HubOrder } from './check-hub.ts';
import { checkStore, expectedStock } from './check-store.ts';
import { CRASH_USAGE, readCrashOptions } from './crash-options.ts';
import { addFindings, type Findings, noFindings } from './findings.ts';
import { type Acknowledged, acknowledge, createLedger, type Ledger, unanswered } from './ledger.ts';
import { copyDatabase } from './open-copy.ts';
import { planCycles } from './plan-cycles.ts';
import { POINT_NAMES } from './points.ts';
import { faultsOf, runCrash } from './run-crash.ts';
import { sell } from './sell.ts';

describe('the plan', () => {
  test('the same seed makes the same plan, another seed another', () => {
    expect(planCycles(5, 60)).toEqual(planCycles(5, 60));
    expect(planCycles(5, 20)).toEqual(planCycles(5, 60).slice(0, 20));
    expect(planCycles(6, 60)).not.toEqual(planCycles(5, 60));
  });

  test('every point is planned in the first round', () => {
    const planned = new Set(planCycles(1, POINT_NAMES.length + 5).map(({ point }) => point));
    expect([...planned].toSorted()).toEqual(POINT_NAMES.toSorted());
  });

  test.each(['0', '1.5', 'many'])('--cycles %s is refused', (cycles) => {
    expect(() => readCrashOptions(['--cycles', cycles])).toThrow('--cycles takes');
    expect(CRASH_USAGE).toContain('--cycles');
  });
});

describe('the checks of a store', () => {
  let shop: TestEdge;
  let ledger: Ledger;

  beforeAll(async () => {
    const products = Array.from({ length: 5 }, (_, index) => ({
      id: `01990000-0000-7000-8000-00000000001${index}`,
      code: `P${index}`,
      name: `Thing ${index}`,
      priceMinor: 1_000 + 25 * index,
    }));
    shop = await openTestEdge(products);
    ledger = createLedger();
    const stop = new AbortController();
    await sell({
      url: shop.edge.url,
      ledger,
      products: products.map(({ id, priceMinor }) => ({ productId: id, unitPriceMinor: priceMinor })),
      seed: 1,
      stop: stop.signal,
      onAcknowledged: () => ledger.acknowledged.size >= 80 && stop.abort(),
    });
  });
  afterAll(() => shop.close());

  /** Damages a copy of the store as no product would and says what the checks find. */
  function findingsAfter(damage: string, known: Partial<Ledger> = {}, cursors = new Map()): Findings {
    const { nodeId, epoch } = shop.identity;
    const about = {
      name: 'shop',
      shopId: shop.identity.shop.shopId,
      nodeId,
      epoch,
      ledger: { ...ledger, ...known },
      cursors,
    };
    return copyDatabase(shop.dataFolder, STORE_FILE).read((db) => {
      db.pragma('foreign_keys = OFF');
      dropTriggers(db);
      db.exec(damage);
      return checkStore(db, about);
    });
  }

  test('a store that kept its word has nothing to find', () => {
    expect(ledger.refused).toEqual([]);
    const kinds = new Set([...ledger.acknowledged.values()].map(({ kind }) => kind));
    expect([...kinds].toSorted()).toEqual(['delivery', 'return', 'sale']);
    expect(findingsAfter('')).toEqual(noFindings());
  });

  test('a sale that is gone is lost, and its number a gap', () => {
    const found = findingsAfter('DELETE FROM sales WHERE receipt_number = 3');
    expect(found.lost).toHaveLength(1);
    expect(found.receiptGaps).toHaveLength(1);
    expect(found.corrupt).not.toEqual([]);
  });

  test('a sale with another content is lost', () => {
    const found = findingsAfter('UPDATE sale_lines SET quantity = quantity * 2 WHERE position = 0');
    expect(found.lost).not.toEqual([]);
  });

  test('a sale that is there twice, or that nobody asked for, is doubled', () => {
    const again = (reference: string) => `INSERT INTO sales
      SELECT '01990000-0000-7000-8000-0000000000ff', kind, till, epoch, 1 + (SELECT max(receipt_number) FROM sales),
        journal_hash, sold_at, business_day, currency, ${reference}, original_sale_id, reason, total_minor,
        rounding_minor, payable_minor, change_minor FROM sales WHERE receipt_number = 1`;
    expect(findingsAfter(again('reference')).doubled).toHaveLength(1);
    expect(findingsAfter(again("'ghost'")).doubled).toHaveLength(1);
  });

  test('a delivery that is gone is lost, one that nobody was told of is doubled', () => {
    const oneDelivery = "cause_id = (SELECT min(cause_id) FROM stock_movements WHERE reason = 'receipt')";
    expect(findingsAfter(`DELETE FROM stock_movements WHERE ${oneDelivery}`).lost).toHaveLength(1);
    const again = `INSERT INTO stock_movements SELECT 'again', position, 'again' || position, reason, product_id,
      quantity, cost_minor, batch, expires_on, moved_at FROM stock_movements WHERE ${oneDelivery}`;
    expect(findingsAfter(again).doubled).toHaveLength(1);
  });

  test('a delivery whose request was not answered may be there, once', () => {
    const answered = [...ledger.acknowledged.entries()];
    const [key] = answered.find(([, { kind }]) => kind === 'delivery') as [string, Acknowledged];
    const acknowledged = new Map(answered.filter(([each]) => each !== key));
    expect(unanswered({ ...ledger, acknowledged })).toHaveLength(1);
    expect(findingsAfter('', { acknowledged })).toEqual(noFindings());
  });

  test('a gap in the receipt numbers is found', () => {
    const last = 'receipt_number = (SELECT max(receipt_number) FROM sales)';
    const found = findingsAfter(`UPDATE sales SET receipt_number = receipt_number + 1 WHERE ${last}`);
    expect(found.receiptGaps).toHaveLength(1);
  });

  test.each([
    ['a changed fact', "UPDATE outbox SET payload = payload || ' ' WHERE channel = 'orders' AND seq = 2"],
    ['a missing fact', "DELETE FROM outbox WHERE channel = 'orders' AND seq = 2"],
    ['a chain cut off at its end', "UPDATE channels SET last_seq = last_seq + 1 WHERE channel = 'stock'"],
    ['a receipt changed in the journal', "UPDATE sales SET business_day = '2020-01-01'"],
    ['stock that is not the sum of its movements', 'UPDATE stock_levels SET on_hand = on_hand + 1'],
    ['a row that refers to nothing', "INSERT INTO sale_tenders VALUES ('gone', 0, 'cash', 1)"],
  ])('%s is corrupt', (_name, damage) => {
    expect(findingsAfter(damage).corrupt).not.toEqual([]);
  });

  test('a cursor that went back is corrupt', () => {
    const cursors = new Map([['orders', { lastSeq: 10_000, acknowledged: 0 }]]);
    expect(findingsAfter('', {}, cursors).corrupt).toEqual(['shop: the cursor of orders went back']);
  });

  test('books of the hub that differ from what was acknowledged are found', () => {
    const orders = ordersOf(ledger);
    const levels = [...expectedStock(ledger)].map(([productId, totalStock]) => ({
      productId,
      stripeCode: productId,
      totalStock,
    }));
    const about = { name: 'shop', ledger };
    expect(compareHub(about, orders, levels)).toEqual(noFindings());
    const first = orders[0] as HubOrder;
    const without = compareHub(about, orders.slice(1), levels);
    expect([without.lost.length, without.receiptGaps.length]).toEqual([1, 1]);
    expect(compareHub(about, [...orders, first], levels).doubled).toHaveLength(1);
    const stranger = { ...first, reference: 'stranger' };
    expect(compareHub(about, [...orders, stranger], levels).doubled).toHaveLength(1);
    const dearer = { ...first, totalMinor: first.totalMinor + 1 };
    expect(compareHub(about, [dearer, ...orders.slice(1)], levels).lost).toHaveLength(1);
    expect(compareHub(about, orders, levels.slice(1)).corrupt).toHaveLength(1);
  });

  test('a repeat that is answered with another sale is refused, and a finding counts once', () => {
    const [, one] = [...ledger.acknowledged].find(([, { kind }]) => kind === 'sale') as [
      string,
      Acknowledged & { kind: 'sale' },
    ];
    const known = { ...ledger, refused: [] as string[] };
    acknowledge(known, one.operation, one.answer);
    expect(known.refused).toEqual([]);
    acknowledge(known, one.operation, { ...one.answer, saleId: 'another' });
    expect(known.refused).toHaveLength(1);
    const all = noFindings();
    addFindings(all, { ...noFindings(), lost: ['a'] });
    addFindings(all, { ...noFindings(), lost: ['a', 'b'] });
    expect(all.lost).toEqual(['a', 'b']);
  });
});

test('a shop and its hub are killed at four points and keep every sale, once', async () => {
  const said: string[] = [];
  const report = await runCrash({ cycles: 4, seed: 7, json: false, folder: undefined }, (line) =>
    said.push(line),
  );
  expect(faultsOf(report), said.join('\n')).toEqual([]);
  expect(report.acknowledged).toBeGreaterThan(0);
  expect(report.kills).toEqual({ edge: expect.any(Number), hub: 1 });
  expect(report.kills.edge).toBeGreaterThanOrEqual(3);
}, 240_000);

function ordersOf({ acknowledged }: Ledger): HubOrder[] {
  return [...acknowledged.values()].flatMap((each) => {
    if (each.kind === 'delivery') return [];
    const { saleId: orderId, reference, totalMinor, receipt } = each.answer;
    return [{ orderId, ...(reference !== undefined && { reference }), totalMinor, receipt }];
  });
}

function dropTriggers(db: Database): void {
  const names = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all();
  for (const name of names) db.exec(`DROP TRIGGER ${name}`);
}
