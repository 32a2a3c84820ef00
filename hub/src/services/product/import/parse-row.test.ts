import { expect, test } from 'vitest';
import { readHeader } from './columns.ts';
import { parseRow } from './parse-row.ts';

const DEFAULTS = { currency: 'SEK', country: 'SE', day: '2026-11-22' };

function parse(row: Record<string, string>) {
  const cells = { code: 'A-1', name: 'Vara', ...row };
  return parseRow({ row: 7, cells: Object.values(cells) }, readHeader(Object.keys(cells)), DEFAULTS);
}

test.each([
  ['12,90', 1290],
  ['12.9', 1290],
  ['1 234,50', 123450],
  ['1\u00a0234,50 kr', 123450],
  ['12:-', 1200],
  ['0', 0],
])('the price “%s” is %i öre', (price, amountMinor) => {
  expect(parse({ price })).toMatchObject({ price: { amountMinor, currency: 'SEK' } });
});

test.each(['gratis', '12,905', '-1', '1,2,3', '1e3', '99999999999', 'NaN'])('“%s” is no price', (price) => {
  expect(parse({ price })).toMatchObject({ row: 7, column: 'price', code: 'A-1' });
});

test.each([
  ['food', 'food'],
  ['Livsmedel', 'food'],
  ['25', 'standard'],
  ['25 %', 'standard'],
  ['12%', 'restaurant'],
  ['6,0 %', 'food'],
  ['0', 'zero'],
])('VAT “%s” is %s on a day of 2026', (vat, vatCategory) => {
  expect(parse({ vat })).toMatchObject({ vatCategory });
});

test('a VAT rate that no category has is told, not guessed', () => {
  expect(parse({ moms: '17' })).toMatchObject({ column: 'moms', reason: expect.stringContaining('17') });
});

test.each([
  ['2026-12-24', '2026-12-24T00:00:00.000Z'],
  ['2026-12-24 08:30', '2026-12-24T08:30:00.000Z'],
  ['2026-12-24T08:30:00+01:00', '2026-12-24T07:30:00.000Z'],
])('a price from “%s” holds from %s', (valid_from, validFrom) => {
  expect(parse({ price: '1', valid_from })).toMatchObject({ price: { validFrom } });
});

test.each(['24/12 2026', 'imorgon', '2026-13-01', '2026-02-30'])('“%s” is no day', (valid_from) => {
  expect(parse({ price: '1', valid_from })).toMatchObject({ column: 'valid_from' });
});

test('other columns become attributes: numbers where they are written as numbers, text otherwise', () => {
  const row = parse({ alcohol_percent: '3.5', 'Artikel-grupp': '007', Ursprung: ' Sverige ', tom: '' });
  expect(row).toMatchObject({
    attributes: { alcoholPercent: 3.5, artikelGrupp: '007', ursprung: 'Sverige', tom: null },
  });
});

test('a GTIN is the code, and the chain’s own number becomes an attribute beside it', () => {
  expect(parse({ ean: '952 1234567899' })).toMatchObject({
    code: '9521234567899',
    attributes: { sku: 'A-1' },
  });
  expect(parse({ ean: '' })).toMatchObject({ code: 'A-1', attributes: {} });
});

test('what a row cannot be is told with its column', () => {
  expect(parse({ name: '' })).toMatchObject({ column: 'name', reason: 'The name is missing.' });
  expect(parse({ code: '' })).toMatchObject({ column: 'code' });
  expect(parse({ code: '12345678' })).toMatchObject({
    column: 'code',
    reason: 'The check digit should be 0.',
  });
  expect(parse({ unit: 'liter' })).toMatchObject({ column: 'unit' });
  expect(parse({ active: 'kanske' })).toMatchObject({ column: 'active' });
  expect(parse({ currency: 'KRN' })).toMatchObject({ column: 'currency' });
  expect(parse({ name: 'x'.repeat(301) })).toMatchObject({ column: 'name' });
});

test('a column named like an object’s own parts is an attribute like any other', () => {
  const row = parse({ ['__proto__']: 'x', constructor: 'y' });
  expect(Object.entries((row as { attributes: object }).attributes)).toContainEqual(['constructor', 'y']);
});

test('two columns that mean the same are refused', () => {
  expect(() => readHeader(['namn', 'Name', 'ean'])).toThrow(/name/);
});

const parseCells = (header: string[], ...cells: string[]) =>
  parseRow({ row: 7, cells }, readHeader(header), DEFAULTS);

test('a row with more cells than titles is bad: a comma has moved its cells', () => {
  const header = ['code', 'name', 'price'];
  expect(parseCells(header, 'A-1', 'Vispgrädde', ' 5 dl', '32.90')).toEqual({
    row: 7,
    code: 'A-1',
    reason: 'The row has more cells than the first row has titles: “32.90” stands under none.',
  });
  expect(parseCells(header, 'A-1', 'Grädde', '1', ' ', '')).toMatchObject({ name: 'Grädde' });
});

test('cells that are missing at the end of a row are not given; empty ones are given as empty', () => {
  const header = ['code', 'name', 'category', 'halt', 'description'];
  expect(parseCells(header, 'A-1', 'Grädde')).toEqual({
    row: 7,
    code: 'A-1',
    name: 'Grädde',
    attributes: {},
  });
  expect(parseCells(header, 'A-1', 'Grädde', '', '', '')).toMatchObject({
    category: null,
    description: null,
    attributes: { halt: null },
  });
});

test('a percentage means the rates of the country of the import', () => {
  const row = (country: string, vat: string) =>
    parseRow({ row: 7, cells: ['A-1', 'Vara', vat] }, readHeader(['code', 'name', 'vat']), {
      ...DEFAULTS,
      country,
    });
  expect(row('NO', '15 %')).toMatchObject({ vatCategory: 'food' });
  expect(row('SE', '15 %')).toMatchObject({ column: 'vat' });
});
