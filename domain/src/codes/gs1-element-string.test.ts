import { describe, expect, it } from 'vitest';
import { FNC1, parseElementString } from './gs1-element-string.ts';

const TODAY = '2026-06-01';
const GTIN = '04006381333931';

function parse(data: string) {
  return parseElementString(data, TODAY);
}

describe('GS1 data on a package', () => {
  const whole = {
    gtin: GTIN,
    expiresOn: '2026-07-31',
    batch: 'A-12/b',
    serial: '77',
    raw: [
      { ai: '01', value: GTIN },
      { ai: '17', value: '260731' },
      { ai: '10', value: 'A-12/b' },
      { ai: '21', value: '77' },
    ],
  };
  const scanned = `01${GTIN}1726073110A-12/b${FNC1}2177`;

  it.each([
    ['with FNC1 between', scanned],
    [
      'with FNC1 first, and after fields that need none',
      `${FNC1}01${GTIN}${FNC1}17260731${FNC1}10A-12/b${FNC1}2177${FNC1}`,
    ],
    ['from GS1-128', `]C1${scanned}`],
    ['from DataMatrix', `]d2${scanned}`],
    ['from a QR code', `]Q3${scanned}`],
    ['from DataBar', `]e0${scanned}`],
    ['as printed under the bars', `(01)${GTIN}(17)260731(10)A-12/b(21)77`],
  ])('is read alike %s', (_, data) => {
    expect(parse(data)).toEqual(whole);
  });

  it('tells production, packing, best-before and sell-by days, and the month’s end for day 00', () => {
    expect(parse(`(01)${GTIN}(11)260501(13)260502(15)260200(16)260503`)).toMatchObject({
      producedOn: '2026-05-01',
      packedOn: '2026-05-02',
      bestBefore: '2026-02-28',
      sellBy: '2026-05-03',
    });
  });

  it.each([
    ['3103', '000500', 500],
    ['3100', '000002', 2000],
    ['3102', '000125', 1250],
    ['3105', '012345', 123],
    ['3104', '000005', 1],
    ['3201', '000010', 454],
    ['3202', '000220', 998],
    ['3200', '100000', 45_359_237],
  ])('weighs (%s)%s as %d grams', (ai, value, grams) => {
    expect(parse(`01${GTIN}${ai}${value}`).netWeightGrams).toBe(grams);
  });

  it('keeps gross weights and other measures as they are, not as the weight to charge', () => {
    expect(parse(`01${GTIN}3303000500`)).not.toHaveProperty('netWeightGrams');
    expect(parse(`01${GTIN}3153000500`).raw[1]).toEqual({ ai: '3153', value: '000500' });
  });

  it.each([
    ['(3922)4995', { priceMinor: 4995 }],
    ['(3920)50', { priceMinor: 5000 }],
    ['(3923)49950', { priceMinor: 4995 }],
    ['(3932)7524995', { priceMinor: 4995, priceCurrency: 'SEK' }],
    ['(3930)352500', { priceMinor: 500, priceCurrency: 'ISK' }],
  ])('costs what %s says', (element, price) => {
    expect(parse(`(01)${GTIN}${element}`)).toMatchObject(price);
  });

  it('in a currency that no shop takes has no price, yet sells', () => {
    const element = parse(`(01)${GTIN}(3932)999100`);
    expect(element).not.toHaveProperty('priceMinor');
    expect(element.gtin).toBe(GTIN);
  });

  it('on a pallet names the pallet and what is on it', () => {
    expect(parse(`(00)340123450000000000(02)${GTIN}(37)24`)).toMatchObject({
      sscc: '340123450000000000',
      contentGtin: GTIN,
      count: 24,
    });
  });

  it('counts pieces of a variable item', () => {
    expect(parse(`01${GTIN}306`).count).toBe(6);
  });

  it('takes an amount payable, an order number and a part that is left out', () => {
    expect(parse(`3902${'9'.repeat(15)}${FNC1}400ORDER-1`).raw).toHaveLength(2);
    expect(parse('(7007)260501').raw).toEqual([{ ai: '7007', value: '260501' }]);
    expect(parse('(7007)260501260502').raw).toEqual([{ ai: '7007', value: '260501260502' }]);
  });

  it('keeps brackets that belong to a value', () => {
    expect(parse(`(01)${GTIN}(10)A(1)B`).batch).toBe('A(1)B');
  });

  it('may say the same thing twice', () => {
    expect(parse(`01${GTIN}01${GTIN}`).gtin).toBe(GTIN);
  });
});

describe('GS1 data that is damaged is refused whole, with the reason', () => {
  it.each([
    ['', undefined, 'It is empty.'],
    [FNC1, undefined, 'It is empty.'],
    ['0104006381333932', '01', 'Its check digit is wrong.'],
    ['01040063813339', '01', 'Its value is too short.'],
    ['010400638133393X', '01', 'Its value must be digits.'],
    [`01${GTIN}17260732`, '17', 'Its date does not exist.'],
    [`01${GTIN}17261301`, '17', 'Its date does not exist.'],
    [`01${GTIN}7003260700${'1200'}`, '7003', 'Its date lacks the day.'],
    [`01${GTIN}7003260732${'1200'}`, '7003', 'Its date does not exist.'],
    [`01${GTIN}10`, '10', 'Its value is too short.'],
    [`01${GTIN}10${'A'.repeat(21)}`, '10', 'Its value is too long.'],
    [`01${GTIN}10A B`, '10', 'Its value has a character that is not allowed.'],
    [`01${GTIN}10Å`, '10', 'Its value has a character that is not allowed.'],
    [`01${GTIN}30123456789`, '30', 'Its value is too long.'],
    [`01${GTIN}3103005`, '3103', 'Its value is too short.'],
    [`01${GTIN}4221234`, '422', 'Its value is too long.'],
    ['(7007)2605012605', '7007', 'Its value is too short.'],
    [`(01)${GTIN}(3923)4995`, '3923', 'Its price has more decimals than the currency.'],
    [`(01)${GTIN}(3931)3525005`, '3931', 'Its price has more decimals than the currency.'],
    [`(01)${GTIN}(3920)${'9'.repeat(15)}`, '3920', 'Its price has more decimals than the currency.'],
    [`10A${FNC1}10B`, '10', 'It is there twice with different values.'],
    ['(05)123', '05', 'It is not an application identifier that is known.'],
    ['(A)(01)123', undefined, 'It does not begin with an application identifier in brackets.'],
    [`01${GTIN}0512`, undefined, 'No application identifier that is known begins “0512”.'],
    [`01${GTIN}${'0'.repeat(1100)}`, undefined, 'It is longer than 1024 characters.'],
  ])('%j (%s): %s', (data, ai, reason) => {
    const details = ai === undefined ? { reason } : { reason, ai };
    expect(() => parse(data)).toThrow(expect.objectContaining({ code: 'CODE_INVALID', details }));
  });
});
