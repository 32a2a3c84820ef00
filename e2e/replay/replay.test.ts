import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { expectedBooks } from './expected-books.ts';
import { expectedStock, stockMismatches } from './expected-stock.ts';
import { planFaults } from './fault-plan.ts';
import { booksOf } from './hub-books.ts';
import { listSkipped } from './list-skipped.ts';
import { play } from './play.ts';
import { watchForStall } from './quiesce.ts';
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

  test('the expected revenue and pieces are summed from the file alone', async () => {
    expect(await expectedBooks([invoices], 1)).toEqual({
      revenueMinor: 6 * 255 + 2 * 339 - 255 + 3 * 250 - 250,
      pieces: [
        new Map([
          ['A1', 6 - 1 + 3 - 1],
          ['B2', 2],
        ]),
      ],
    });
  });

  test('numbers of a careless export count alike in both readings, and a ragged row is listed', async () => {
    const careless = file('careless.csv', [
      '2001,A1,Mug,6.0,2024-01-02 08:00:00,2.550,,United Kingdom',
      '2002,a1 ,Mug, 2 ,2024-01-02 08:00:00," 2,5 ",,United Kingdom',
      '2003,A1,Mug,1',
      '',
      '2004,A1,Mug,1,2024-01-02 08:00:00,2.55,,United Kingdom,one too many',
      '2005,A1,Mug,1e1,2024-01-02 08:00:00,2.55,,United Kingdom',
      '2006,A1,Mug,1.5,2024-01-02 08:00:00,2.555,,United Kingdom',
      '2007,,Mug,1,2024-01-02 08:00:00,2.55,,United Kingdom',
      '2008,A1,Mug,-0.0,2024-01-02 08:00:00,2.55,,United Kingdom',
    ]);
    const { operations, skipped } = await readTransactions([careless], 'GBP');
    const lines = operations.flatMap((operation) => operation.lines);
    expect(lines).toEqual([
      { code: 'A1', quantity: 6, unitPriceMinor: 255 },
      { code: 'a1', quantity: 2, unitPriceMinor: 250 },
    ]);
    expect([...skipped].map(([reason, list]) => [reason, list.map((line) => line.row)])).toEqual([
      ['row is malformed', [4, 6, 9]],
      ['quantity is not a whole number', [7, 8]],
      ['quantity is zero', [10]],
    ]);
    expect(await expectedBooks([careless], 1)).toEqual({
      revenueMinor: 6 * 255 + 2 * 250,
      pieces: [new Map([['A1', 8]])],
    });
  });

  test('every line left out is in skipped.csv of a folder that is kept, else it is said', () => {
    const line = (row: number) => ({ file: 'a,b.csv', row, invoice: '1', code: 'X' });
    const skipped = new Map([['price is zero', Array.from({ length: 250 }, (_, index) => line(index + 2))]]);
    const kept: string[] = [];
    listSkipped(skipped, { path: folder, kept: true }, (text) => kept.push(text));
    const rows = readFileSync(join(folder, 'skipped.csv'), 'utf8').trimEnd().split('\n');
    expect(rows).toHaveLength(251);
    expect(rows[1]).toBe('price is zero,"a,b.csv",2,1,X');
    expect(kept).toEqual([
      '  left out, price is zero: 250 lines',
      `  each of them: ${join(folder, 'skipped.csv')}`,
    ]);
    const said: string[] = [];
    listSkipped(skipped, { path: folder, kept: false }, (text) => said.push(text));
    expect(said).toHaveLength(202);
    expect(said.at(-1)).toContain('and 50 more');
  });
});

describe('comparing', () => {
  test('stock that differs in any book is found', () => {
    const expected = expectedStock(new Map([['A', 5]]), new Map([['A', 2]]));
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

  test('orders that share a reference or a receipt are doubled; levels of one code in two cases are summed', () => {
    const order = (reference: string, number: number) => ({
      orderId: `order ${reference} ${number}`,
      reference,
      totalMinor: 100,
      receipt: { till: '1', epoch: 1, number },
    });
    const levels = [
      { stripeCode: '15056BL', totalStock: 2 },
      { stripeCode: '15056bl', totalStock: 3 },
    ];
    const books = (...orders: ReturnType<typeof order>[]) => booksOf(orders, levels);
    expect(books(order('a', 1), order('b', 2))).toMatchObject({ doubled: 0, receiptGaps: 0 });
    expect(books(order('a', 1), order('a', 2)).doubled).toBe(1);
    expect(books(order('a', 1), order('b', 1)).doubled).toBe(1);
    expect(books(order('a', 1), order('a', 1)).doubled).toBe(1);
    expect(books(order('a', 1), order('b', 3)).receiptGaps).toBe(1);
    expect(books().stock).toEqual(new Map([['15056BL', 5]]));
  });

  test('the drain is given up only after two minutes in which nothing was sent or applied', () => {
    const hasStalled = watchForStall(120_000);
    expect(hasStalled({ unsent: 10, pending: 0 }, 0)).toBe(false);
    expect(hasStalled({ unsent: 9, pending: 1 }, 119_000)).toBe(false);
    expect(hasStalled({ unsent: 9, pending: 0 }, 238_000)).toBe(false);
    expect(hasStalled({ unsent: 9, pending: 1 }, 357_000)).toBe(false);
    expect(hasStalled({ unsent: 9, pending: 0 }, 358_000)).toBe(true);
  });

  test('a process that does not come back from its kill ends the run with its reason', async () => {
    const hub = {
      address: { hub: 'http://127.0.0.1:1', token: 'none' },
      process: {
        running: false,
        pid: undefined,
        start: () => Promise.reject(new Error('the hub ended while it started')),
        kill: () => Promise.resolve(),
        stop: () => Promise.resolve(),
      },
    };
    const network = { hub, shops: [], close: () => Promise.resolve() };
    const faults = [{ after: 0, delayMs: 0, strike: { kind: 'kill-hub' as const } }];
    await expect(play(network, [], faults, 'GBP')).rejects.toThrow('the hub ended while it started');
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

test('a run that breaks off keeps its folder and says where it is', async () => {
  const said: string[] = [];
  const broken = runReplay(
    {
      catalogue: join(folder, 'no-such-catalogue.csv'),
      transactions: [join(folder, 'no-such-file.csv')],
      shops: 1,
      cut: null,
      killEdge: 0,
      killHub: 0,
      seed: 1,
      json: false,
      folder: undefined,
    },
    (line) => said.push(line),
  );
  await expect(broken).rejects.toThrow('no-such-file.csv');
  const kept = said.at(-1)?.split(' are kept in ')[1] as string;
  expect(existsSync(kept)).toBe(true);
  rmSync(kept, { recursive: true });
});
