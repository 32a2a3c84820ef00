import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDigit } from './gtin.ts';
import { parseVariableMeasure } from './variable-measure.ts';

fc.configureGlobal({ seed: 23, numRuns: 300 });

function label(prefix: string, item: string, value: string): string {
  const digits = `${prefix}${item}${value}`;
  return `${digits}${checkDigit(digits)}`;
}

describe('a label from the scale', () => {
  it.each([
    ['20', { priceMinor: 4995 }],
    ['21', { priceMinor: 49_950 }],
    ['22', { priceMinor: 499_500 }],
    ['23', { weightGrams: 4995 }],
    ['24', { weightGrams: 49_950 }],
    ['25', { weightGrams: 499_500 }],
  ])('of prefix %s, item 123456 and value 4995 says %j', (prefix, value) => {
    expect(parseVariableMeasure(label(prefix, '123456', '4995'))).toEqual({
      itemCode: `${prefix}12345600000`,
      ...value,
    });
  });

  it('is none with another prefix, another length or a wrong check digit', () => {
    const right = label('23', '123456', '0500');
    const wrong = `${right.slice(0, 12)}${(Number(right[12]) + 1) % 10}`;
    expect(parseVariableMeasure(right)).not.toBeNull();
    expect(parseVariableMeasure(wrong)).toBeNull();
    expect(parseVariableMeasure(label('26', '123456', '0500'))).toBeNull();
    expect(parseVariableMeasure(label('73', '123456', '0500'))).toBeNull();
    expect(parseVariableMeasure(`0${right}`)).toBeNull();
    expect(parseVariableMeasure(right.slice(0, 12))).toBeNull();
    expect(parseVariableMeasure('')).toBeNull();
    // A GTIN-8 and a GTIN-14 may begin with 20 too.
    expect(parseVariableMeasure(`2012345${checkDigit('2012345')}`)).toBeNull();
    expect(parseVariableMeasure(`2012345678901${checkDigit('2012345678901')}`)).toBeNull();
  });

  it('always names the same item, whatever it weighs or costs', () => {
    const digits = (length: number) =>
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 25 }), digits(6), digits(4), (prefix, item, value) => {
        const measure = parseVariableMeasure(label(String(prefix), item, value))!;
        const decimals = (25 - prefix) % 3;
        const amount = prefix < 23 ? measure.priceMinor : measure.weightGrams;
        expect(measure.itemCode).toBe(`${prefix}${item}00000`);
        expect(amount).toBe(Number(value) * 10 ** (2 - decimals));
        expect(Object.keys(measure)).toHaveLength(2);
      }),
    );
  });
});
