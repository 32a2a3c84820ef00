import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { expectedBooks } from './expected-books.ts';
import { expectedStock, stockMismatches } from './expected-stock.ts';
import { planFaults } from './fault-plan.ts';
import { seededRandom } from './random.ts';
import { readTransactions } from './read-transactions.ts';
import { readReplayOptions } from './replay-options.ts';
import { faultsOf, runReplay } from './run-replay.ts';

const folder = mkdtempSync(join(tmpdir(), 'butik-replay-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEAD = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';

function file(name: string, rows: string[]): string {
  const path = join(folder, name);
  writeFileSync(path, [HEAD, ...rows, ''].join('\n'));
  return path;
}

describe('reading invoices', () => {
  const invoices = file('dirty.csv', [
    '1001,A1,"Mug, blue",6,2024-01-02 08:00:00,2.55,,United Kingdom',
    '1001,B2,Lantern,2,2024-01-02 08:00:00,3.39,,United Kingdom',
    'C1002,A1,"Mug, blue",-1,2024-01-02 08:05:00,2.55,,United Kingdom',
    '1003,A1,found broken,-10,2024-01-02 08:06:00,0.0,,United Kingdom',
    '1004,B2,Lantern,1,2024-01-02 08:07:00,-4.00,,United Kingdom',
    '1005,P,Pads,1,2024-01-02 08:08:00,0.001,,United Kingdom',
    '1006,A1,Mug,0,2024-01-02 08:09:00,2.55,,United Kingdom',
    '1007,A1,Mug,3,2024-01-02 08:09:00,2.5,,United Kingdom',
    '1007,A1,Mug,-1,2024-01-02 08:09:00,2.5,,United Kingdom',
  ]);

  test('an invoice is a sale, a C invoice or a negative quantity a return', async () => {
    const { operations, products } = await readTransactions([invoices], 'GBP');
    expect(operations.map(({ kind, reference, lines }) => [kind, reference, lines.length])).toEqual([
      ['sale', '1001', 2],
      ['return', 'C1002/R', 1],
      ['sale', '1007', 1],
      ['return', '1007/R', 1],
    ]);
    expect(products.get('A1')).toEqual({ code: 'A1', name: 'Mug, blue', unitPriceMinor: 255 });
  });

  test('what cannot be sold is listed by reason with its row', async () => {
    const { skipped } = await readTransactions([invoices], 'GBP');
    const rows = [...skipped].map(([reason, lines]) => [reason, lines.map((line) => line.row)]);
    expect(Object.fromEntries(rows)).toEqual({
      'price is zero': [5],
      'price is negative': [6],
      'price is not an amount in minor units': [7],
      'quantity is zero': [8],
    });
  });

  test('the expected revenue is summed from the file alone', async () => {
    expect(await expectedBooks([invoices])).toEqual({
      revenueMinor: 6 * 255 + 2 * 339 - 255 + 3 * 250 - 250,
    });
  });
});

describe('comparing', () => {
  test('stock that differs in any book is found', () => {
    const operations = [
      { kind: 'sale' as const, reference: '1', lines: [{ code: 'A', quantity: 2, unitPriceMinor: 1 }] },
    ];
    const expected = expectedStock(new Map([['A', 5]]), operations);
    expect(expected).toEqual(new Map([['A', 3]]));
    expect(
      stockMismatches(
        expected,
        new Map([['A', 3]]),
        new Map([
          ['A', 3],
          ['B', 0],
        ]),
      ),
    ).toEqual([]);
    expect(stockMismatches(expected, new Map([['A', 3]]), new Map([['A', 4]]))).toEqual(['A']);
    expect(stockMismatches(expected, new Map([['A', 3]]), new Map())).toEqual(['A']);
  });

  test('the same seed plans the same faults, the cut where it was asked for', () => {
    const options = readReplayOptions(
      '--catalogue c.csv --transactions t.csv u.csv --shops 3 --cut 0.3-0.8 --kill-edge 5 --kill-hub 2'.split(
        ' ',
      ),
    );
    expect(options.transactions).toEqual(['t.csv', 'u.csv']);
    const plan = planFaults(options, 100, seededRandom(7));
    expect(plan).toEqual(planFaults(options, 100, seededRandom(7)));
    expect(plan.map((fault) => fault.strike.kind).toSorted()).toEqual([
      'cut',
      'heal',
      'kill-edge',
      'kill-edge',
      'kill-edge',
      'kill-edge',
      'kill-edge',
      'kill-hub',
      'kill-hub',
    ]);
    expect(plan.find((fault) => fault.strike.kind === 'cut')?.after).toBe(30);
    expect(plan.find((fault) => fault.strike.kind === 'heal')?.after).toBe(80);
  });

  test.each(['0.8-0.3', '1.5-2', 'half', '0.3'])('--cut %s is refused', (cut) => {
    expect(() => readReplayOptions(['--catalogue', 'c', '--transactions', 't', '--cut', cut])).toThrow(
      '--cut takes',
    );
  });
});

test('two shops sell with the line cut and their processes killed, and all books agree to the penny', async () => {
  const random = seededRandom(20);
  const rows = Array.from({ length: 40 }, (_, index) => {
    const invoice = index % 9 === 8 ? `C${2000 + index}` : `${2000 + index}`;
    const lines = 1 + Math.floor(random() * 4);
    return Array.from({ length: lines }, (_line, line) => {
      const pieces = 1 + Math.floor(random() * 5);
      const price = (1 + Math.floor(random() * 999)) / 100;
      return `${invoice},X${(index + line) % 12},Thing ${line},${invoice.startsWith('C') ? -pieces : pieces},2024-01-02 09:00:00,${price},,United Kingdom`;
    });
  }).flat();
  const catalogue = join(folder, 'catalogue.csv');
  writeFileSync(
    catalogue,
    'code,name,price,currency\nX0,Thing with a price,9.50,GBP\nY1,Never sold,1.00,GBP\n',
  );
  const said: string[] = [];
  const report = await runReplay(
    {
      catalogue,
      transactions: [file('two-shops.csv', rows)],
      shops: 2,
      cut: { from: 0.2, to: 0.7 },
      killEdge: 2,
      killHub: 1,
      seed: 3,
      json: false,
      folder: undefined,
    },
    (line) => said.push(line),
  );
  expect(faultsOf(report), said.join('\n')).toEqual([]);
  expect(report).toMatchObject({ invoices: 40, sales: 36, returns: 4, kills: { edge: 2, hub: 1 } });
  expect(report.offlineSales).toBeGreaterThan(0);
  expect(report.revenueMinor.file).toBeGreaterThan(0);
}, 180_000);
