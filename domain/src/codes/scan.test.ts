import { describe, expect, it } from 'vitest';
import { FNC1 } from './gs1-element-string.ts';
import { checkDigit } from './gtin.ts';
import { readScan } from './scan.ts';

const TODAY = '2026-06-01';
const GTIN = '04006381333931';
const scan = (data: string) => readScan(data, TODAY);

describe('what the till gets from the scanner', () => {
  it.each([
    ['4006381333931', GTIN],
    ['4006381333931\r\n', GTIN],
    [']E04006381333931', GTIN],
    [']E496385074', '00000096385074'],
    ['036000291452', '00036000291452'],
    [']I110614141000415', '10614141000415'],
  ])('%j is a product by its barcode', (data, gtin14) => {
    expect(scan(data)).toEqual({ kind: 'gtin', gtin14 });
  });

  it('a label of the scale is an item with its price or weight', () => {
    const label = `231234560500${checkDigit('231234560500')}`;
    const item = { kind: 'variable-measure', itemCode: '2312345600000', weightGrams: 500 };
    expect(scan(label)).toEqual(item);
    expect(scan(`]E0${label}`)).toEqual(item);
    expect(scan(`0${label}`)).toEqual(item);
  });

  const milk = { kind: 'gtin', gtin14: GTIN, expiresOn: '2026-07-31', batch: 'L1' };

  it.each([
    [`]d201${GTIN}1726073110L1`],
    [`]C1${FNC1}01${GTIN}1726073110L1`],
    [`01${GTIN}10L1${FNC1}17260731`],
    [`01${GTIN}1726073110L1`],
    [`]C001${GTIN}1726073110L1`],
    [`(01)${GTIN}(17)260731(10)L1`],
  ])('GS1 data %j is a product with its expiry and batch, marked as GS1 or not', (data) => {
    expect(scan(data)).toEqual(milk);
  });

  it('GS1 data may bring weight, price, serial and best-before', () => {
    expect(scan(`]e001${GTIN}310300050015260731${'39224995'}${FNC1}21S1`)).toEqual({
      kind: 'gtin',
      gtin14: GTIN,
      weightGrams: 500,
      bestBefore: '2026-07-31',
      priceMinor: 4995,
      serial: 'S1',
    });
  });

  it('a price in another currency says so, lest it be charged as kronor', () => {
    expect(scan(`]e001${GTIN}39325784995`)).toEqual({
      kind: 'gtin',
      gtin14: GTIN,
      priceMinor: 4995,
      priceCurrency: 'NOK',
    });
  });

  it.each([
    'KAFFE-1',
    '4711',
    'korv med bröd',
    '4006381333932',
    '01234',
    '(a) b',
    'é',
    'x'.repeat(64),
    '01234567890128X',
    '0104006381333932',
  ])('anything else, such as %j, is the shop’s own code', (code) => {
    expect(scan(` ${code}\n`)).toEqual({ kind: 'code', code });
  });

  it.each([
    ['', 'A code has 1 to 64 visible characters.'],
    [' \r\n', 'A code has 1 to 64 visible characters.'],
    [']E0', 'A code has 1 to 64 visible characters.'],
    ['x'.repeat(65), 'A code has 1 to 64 visible characters.'],
    ['a\u0007b', 'A code has 1 to 64 visible characters.'],
    ['a\u200bb', 'A code has 1 to 64 visible characters.'],
    [']C100340123450000000000', 'The GS1 code names no product (AI 01).'],
    ['(10)L1', 'The GS1 code names no product (AI 01).'],
    [']d20104006381333932', 'Its check digit is wrong.'],
    [`01${GTIN}17260732`, 'Its date does not exist.'],
  ])('%j is refused: %s', (data, reason) => {
    expect(() => scan(data)).toThrow(
      expect.objectContaining({ code: 'CODE_INVALID', details: expect.objectContaining({ reason }) }),
    );
  });
});
