import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate, formatMinor, isCurrency, minorDigits, parseMinor } from './money.ts';

fc.configureGlobal({ seed: 2026, numRuns: 300 });

const WIDE = 10 ** 12;
const spaces = /[\u00a0\u202f]/g;

describe('a currency', () => {
  it('has the decimals that ISO 4217 gives it', () => {
    expect(['SEK', 'NOK', 'DKK', 'EUR', 'GBP'].map(minorDigits)).toEqual([2, 2, 2, 2, 2]);
    expect(['ISK', 'JPY'].map(minorDigits)).toEqual([0, 0]);
    expect(minorDigits('KWD')).toBe(3);
  });

  it('is refused when nobody mints it', () => {
    expect(isCurrency('SEK')).toBe(true);
    expect(isCurrency('sek')).toBe(false);
    expect(isCurrency('DEM')).toBe(false);
    expect(() => minorDigits('KR')).toThrow(expect.objectContaining({ code: 'CURRENCY_UNKNOWN' }));
  });
});

describe('an amount that was typed', () => {
  it.each([
    ['2.55', 'SEK', 255],
    ['2,55', 'SEK', 255],
    [' 2,5 ', 'SEK', 250],
    ['0', 'SEK', 0],
    ['1.1', 'SEK', 110],
    ['4.35', 'SEK', 435],
    ['-0,05', 'SEK', -5],
    ['-0', 'SEK', 0],
    ['1500', 'ISK', 1500],
    ['1.005', 'KWD', 1005],
    ['90071992547409.91', 'SEK', Number.MAX_SAFE_INTEGER],
  ])('%s %s is %d minor units, to the öre', (text, currency, minor) => {
    expect(parseMinor(text, currency)).toBe(minor);
  });

  it.each([
    ['2.555', 'SEK'],
    ['2.5', 'ISK'],
    ['', 'SEK'],
    ['-', 'SEK'],
    ['--1', 'SEK'],
    ['+1', 'SEK'],
    ['1-', 'SEK'],
    ['.50', 'SEK'],
    ['5.', 'SEK'],
    ['1e3', 'SEK'],
    ['0x10', 'SEK'],
    ['1 000', 'SEK'],
    ['1,000.00', 'SEK'],
    ['12 kr', 'SEK'],
    ['NaN', 'SEK'],
    ['٣', 'SEK'],
    ['90071992547409.92', 'SEK'],
    ['9'.repeat(40), 'SEK'],
  ])('“%s” %s is refused, with the text in the details', (text, currency) => {
    expect(() => parseMinor(text, currency)).toThrow(
      expect.objectContaining({
        code: 'PRICE_INVALID',
        details: expect.objectContaining({ text, currency }),
      }),
    );
  });

  it('reads back whatever amount was written with its decimals', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom('SEK', 'ISK', 'KWD'), (minor, currency) => {
        const digits = minorDigits(currency);
        const magnitude = String(Math.abs(minor)).padStart(digits + 1, '0');
        const cut = magnitude.length - digits;
        const text = `${minor < 0 ? '-' : ''}${magnitude.slice(0, cut)}${digits > 0 ? `,${magnitude.slice(cut)}` : ''}`;
        expect(parseMinor(text, currency)).toBe(minor);
      }),
    );
  });
});

describe('an amount on a receipt', () => {
  it('reads as people of the country write it', () => {
    expect(formatMinor(125_550, 'SEK').replace(spaces, ' ')).toBe('1 255,50 kr');
    expect(formatMinor(125_550, 'SEK', 'en-GB').replace(spaces, ' ')).toBe('SEK 1,255.50');
    expect(formatMinor(-5, 'GBP', 'en-GB')).toBe('-£0.05');
    expect(formatMinor(1500, 'ISK', 'en-GB').replace(spaces, ' ')).toBe('ISK 1,500');
    expect(formatMinor(0, 'EUR', 'en-GB')).toBe('€0.00');
  });

  it('keeps its last öre even when it is too large for a float with decimals', () => {
    expect(formatMinor(Number.MAX_SAFE_INTEGER, 'GBP', 'en-GB')).toBe('£90,071,992,547,409.91');
  });

  it('is refused in a currency that does not exist', () => {
    expect(() => formatMinor(1, 'XXX')).toThrow(expect.objectContaining({ code: 'CURRENCY_UNKNOWN' }));
  });
});

describe('a discount shared over lines', () => {
  it('gives the odd öre to the largest remainder, and to the earlier line of equals', () => {
    expect(allocate(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(allocate(100, [10, 20, 40])).toEqual([14, 29, 57]);
    expect(allocate(-100, [1, 1, 1])).toEqual([-34, -33, -33]);
    expect(allocate(5, [0, 3])).toEqual([0, 5]);
  });

  it('is shared evenly among lines that cost nothing', () => {
    expect(allocate(5, [0, 0])).toEqual([3, 2]);
  });

  it('is nothing among nobody', () => {
    expect(allocate(0, [])).toEqual([]);
    expect(() => allocate(1, [])).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });

  it.each([[[-1, 2]], [[0.5]], [[Number.NaN]]])('refuses the weights %j', (weights) => {
    expect(() => allocate(10, weights)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });

  const weights = fc.array(fc.nat({ max: WIDE }), { minLength: 1, maxLength: 30 });
  const total = fc.integer({ min: -WIDE, max: WIDE });

  it('always sums to what was shared, each share within one öre of its exact part', () => {
    fc.assert(
      fc.property(total, weights, (totalMinor, parts) => {
        const shares = allocate(totalMinor, parts);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(totalMinor);
        const whole = parts.reduce((sum, part) => sum + BigInt(part), 0n);
        for (const [index, share] of shares.entries()) {
          const part = whole === 0n ? 1n : BigInt(parts[index]!);
          const over = whole === 0n ? BigInt(parts.length) : whole;
          const difference = BigInt(share) * over - BigInt(totalMinor) * part;
          expect(difference < over && difference > -over).toBe(true);
        }
      }),
    );
  });

  it('mirrors exactly when the amount is given back', () => {
    fc.assert(
      fc.property(total, weights, (totalMinor, parts) => {
        expect(allocate(0 - totalMinor, parts)).toEqual(
          allocate(totalMinor, parts).map((share) => 0 - share),
        );
      }),
    );
  });
});
