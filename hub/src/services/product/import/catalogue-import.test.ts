import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Booted, bootServices } from '../../../testing/boot-services.ts';
import { productService } from '../product-service.ts';

const ROOT = join(import.meta.dirname, '../../../../..');
const REAL_FILE = join(
  process.env.BUTIK_DATA ?? join(ROOT, '../shared/data'),
  'catalogue/products-se-no.csv',
);
const CSV = { 'content-type': 'text/csv' };

let hub: Booted;
beforeAll(async () => {
  hub = await bootServices([productService]);
});
beforeEach(() => {
  hub.events.length = 0;
});
afterAll(() => hub.close());

async function importFile(content: string | Buffer, query = '', headers: Record<string, string> = CSV) {
  const answer = await hub.call('POST', `/products/imports?${query}`, Buffer.from(content), headers);
  if (answer.status !== 202) return answer.body;
  await hub.idle();
  return (await hub.call('GET', `/products/imports/${answer.body.importId}`)).body;
}

async function find(code: string) {
  const { body } = await hub.call('GET', `/products/search?q=${encodeURIComponent(code)}`);
  const found = body.items.find((item: { code: string }) => item.code === code);
  return found && (await hub.call('GET', `/products/${found.productId}`)).body;
}

test('the sample catalogue comes in whole, and a second time nothing changes and nobody is told', async () => {
  const sample = await readFile(join(ROOT, 'hub/sample/catalogue.csv'));
  const first = await importFile(sample, 'strict=true');
  expect(first).toMatchObject({
    status: 'completed',
    rows: 66,
    created: 66,
    rejected: 0,
    errors: [],
    failure: null,
  });
  expect(hub.events.length).toBeGreaterThan(0);
  expect(await find('LOSGODIS')).toMatchObject({
    unit: 'gram',
    vatCategory: 'food',
    category: 'Godis',
    basePrice: { amountMinor: 9900, currency: 'SEK' },
  });

  hub.events.length = 0;
  hub.clock.nowMs += 60_000;
  const second = await importFile(sample);
  expect(second).toMatchObject({ status: 'completed', rows: 66, created: 0, updated: 0, unchanged: 66 });
  expect(hub.events).toEqual([]);
  expect(await readdir(join(hub.kernel.dataFolder, 'imports'))).toEqual(['worker']);
});

test('a file as Excel saves it in Sweden: semicolons, decimal commas, Windows letters, Swedish headers', async () => {
  const text =
    'Streckkod;Benämning;Moms;Pris;Enhet;Ursprung\r\n;"Äpple; rött";25 %;1 234,50 kr;kg;Sverige\r\n'
      .replace('Streckkod', 'Artikelnummer')
      .replace(';"Äpple', 'ÄPPLE-1;"Äpple');
  const done = await importFile(Buffer.from(text, 'latin1'));
  expect(done).toMatchObject({ status: 'completed', created: 1, rejected: 0 });
  expect(await find('ÄPPLE-1')).toMatchObject({
    name: 'Äpple; rött',
    unit: 'gram',
    vatCategory: 'standard',
    attributes: { ursprung: 'Sverige' },
    basePrice: { amountMinor: 123450 },
  });
});

const DIRTY = [
  'gtin,code,name,price,currency,vat',
  ',BRA-1,Bra,10.00,SEK,food',
  '9520000000001,,Fel siffra,10.00,SEK,food',
  '',
  ',BRA-2,,10.00,SEK,food',
  ',bra-1,Dubblett,10.00,SEK,food',
  ',BRA-3,Dyr,tolv kronor,SEK,food',
  ',BRA-4,Okänd valuta,10.00,KRN,food',
  ',BRA-5,Negativ,-1,SEK,food',
  ',BRA-6,Momssats,10.00,SEK,17 %',
  ',,Utan kod,10.00,SEK,food',
].join('\n');

test('bad rows are told by their row in the spreadsheet and left out', async () => {
  const done = await importFile(DIRTY);
  expect(done).toMatchObject({ status: 'completed', rows: 9, created: 1, rejected: 8, errorsTotal: 8 });
  expect(done.errors.map(({ row, column }: { row: number; column?: string }) => [row, column])).toEqual([
    [3, 'gtin'],
    [5, 'name'],
    [6, undefined],
    [7, 'price'],
    [8, 'currency'],
    [9, 'price'],
    [10, 'vat'],
    [11, 'gtin'],
  ]);
  expect(done.errors[0]).toEqual({
    row: 3,
    column: 'gtin',
    code: '9520000000001',
    reason: 'The check digit should be 4.',
  });
  expect(done.errors[2].reason).toBe('The product is in row 2 already.');
  expect(await find('BRA-1')).toMatchObject({ name: 'Bra' });
});

test('a strict import with bad rows changes nothing at all', async () => {
  const done = await importFile(DIRTY.replaceAll(/bra-/gi, 'STRIKT-'), 'strict=true');
  expect(done).toMatchObject({
    status: 'refused',
    created: 0,
    rejected: 8,
    failure: { code: 'IMPORT_REFUSED' },
  });
  expect(await find('STRIKT-1')).toBeUndefined();
  expect(hub.events).toEqual([]);
});

test('rows of the wrong width: one that is too long is told, one that is too short clears nothing', async () => {
  await importFile('code,name,price,category,halt\nB-1,Ett,10,Kategori,5\nB-2,Två,20,Kategori,6');
  const done = await importFile('code,name,price,category,halt\nB-1,Ettan\nB-2,Två, stor,20,Kategori,6');
  expect(done).toMatchObject({ status: 'completed', updated: 1, rejected: 1 });
  expect(done.errors).toMatchObject([{ row: 3, code: 'B-2', reason: expect.stringContaining('more cells') }]);
  expect(await find('B-1')).toMatchObject({ name: 'Ettan', category: 'Kategori', attributes: { halt: 5 } });
});

test('VAT percentages are those of the country that the import names', async () => {
  const file = 'code,name,price,vat\nNO-1,Brunost,10,15 %';
  expect(await importFile(file)).toMatchObject({ rejected: 1 });
  expect(await importFile(file, 'country=NO&currency=NOK')).toMatchObject({ created: 1, rejected: 0 });
  expect(await find('NO-1')).toMatchObject({ vatCategory: 'food', basePrice: { currency: 'NOK' } });
  expect(await importFile(file, 'country=XX')).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
});

test('a change in the file changes that product only, and columns the file lacks stay as they are', async () => {
  await importFile('code,name,price,category,halt\nA-1,Ett,10,Kategori,5\nA-2,Två,20,Kategori,6');
  hub.events.length = 0;
  const done = await importFile('code,name,price\nA-1,Ett,10\nA-2,Två,25');
  expect(done).toMatchObject({ created: 0, updated: 1, unchanged: 1 });
  expect(hub.events).toHaveLength(1);
  expect(hub.events[0]!.data).toMatchObject({
    products: [{ code: 'A-2' }],
    prices: [{ amount_minor: 2500 }],
  });
  expect(await find('A-2')).toMatchObject({ category: 'Kategori', attributes: { halt: 6 }, version: 2 });
});

test('a file that breaks off in a quote is failed with its row, and no row of it is applied', async () => {
  const done = await importFile('code,name\nHEL-1,Hel\nHEL-2,"Halv');
  expect(done).toMatchObject({
    status: 'failed',
    failure: { code: 'IMPORT_FILE_MALFORMED', details: { row: 3 } },
  });
  expect(await find('HEL-1')).toBeUndefined();
});

test('a file with a broken letter among good ones is not guessed at', async () => {
  const broken = Buffer.concat([
    Buffer.from('code,name\nÅ-1,Ål\nO-1,'),
    Buffer.from([0xe5]),
    Buffer.from('l\n'),
  ]);
  const done = await importFile(broken);
  expect(done).toMatchObject({
    status: 'failed',
    failure: { code: 'IMPORT_FILE_MALFORMED', details: { row: 3 } },
  });
});

test('a file that lacks a needed column says which', async () => {
  const done = await importFile('gtin,price\n9521234567899,10');
  expect(done).toMatchObject({
    status: 'failed',
    failure: { code: 'IMPORT_COLUMNS_MISSING', details: { missing: ['name'] } },
  });
});

test.each([
  ['a PDF named .csv', '%PDF-1.7 …', 'catalogue.csv', 'pdf'],
  ['a web page named .csv', '\n<!DOCTYPE html><html>', 'catalogue.csv', 'html or xml'],
  ['a workbook named .csv', 'PK\u0003\u0004…', 'catalogue.csv', 'zip'],
  ['a program named .csv', '\u007fELF\u0000\u0001', 'catalogue.csv', 'binary'],
  ['text named .xlsx', 'code,name\n', 'catalogue.xlsx', 'text'],
  ['a picture by name', 'x', 'catalogue.png', '.png'],
])('%s is refused at once', async (_what, content, fileName, found) => {
  const refused = await importFile(content, `fileName=${fileName}`);
  expect(refused).toMatchObject({ status: 400, code: 'IMPORT_FILE_NOT_WHAT_IT_SAYS', details: { found } });
});

test('a workbook is read with its numbers, dates and formulas, sent as a form', async () => {
  const workbook = new ExcelJS.Workbook();
  const sheet = workbook.addWorksheet('Sortiment');
  sheet.addRow(['EAN', 'Namn', 'Pris', 'Valid from', 'Active']);
  sheet.addRow([9521234567899, 'Kaffe', { formula: '50+9.9', result: 59.9 }, new Date('2026-11-01'), true]);
  sheet.addRow([]);
  sheet.addRow([9521234567898, 'Fel siffra', 10]);
  const bytes = Buffer.from(await workbook.xlsx.writeBuffer());
  const boundary = 'x-butik-x';
  const form = Buffer.concat([
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="sortiment.xlsx"\r\n\r\n`,
    ),
    bytes,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  const done = await importFile(form, '', { 'content-type': `multipart/form-data; boundary=${boundary}` });
  expect(done).toMatchObject({ status: 'completed', fileName: 'sortiment.xlsx', created: 1, rejected: 1 });
  expect(done.errors[0]).toMatchObject({ row: 4, column: 'EAN' });
  expect(await find('9521234567899')).toMatchObject({
    name: 'Kaffe',
    active: true,
    basePrice: { amountMinor: 5990, currency: 'SEK' },
  });
});

test.skipIf(!existsSync(REAL_FILE))(
  'a real catalogue of 3,224 products comes in (left out without the data folder)',
  async () => {
    const file = await readFile(REAL_FILE);
    const first = await importFile(file, 'vat=food');
    expect(first.status).toBe('completed');
    expect(first.created + first.updated + first.unchanged + first.rejected).toBe(3224);
    expect(first.created).toBeGreaterThan(3000);
    hub.events.length = 0;
    const second = await importFile(file, 'vat=food');
    expect(second).toMatchObject({
      created: 0,
      updated: 0,
      unchanged: first.created + first.updated + first.unchanged,
    });
    expect(hub.events).toEqual([]);
  },
  60_000,
);
