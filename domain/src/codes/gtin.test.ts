import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDigit, displayGtin, isGtin, normaliseGtin } from './gtin.ts';

fc.configureGlobal({ seed: 73, numRuns: 300 });

describe('a barcode number', () => {
  it.each([
    ['96385074', '00000096385074'],
    ['036000291452', '00036000291452'],
    ['4006381333931', '04006381333931'],
    ['10614141000415', '10614141000415'],
  ])('%s is one product, however many digits are printed', (printed, gtin14) => {
    expect(isGtin(printed)).toBe(true);
    expect(normaliseGtin(printed)).toBe(gtin14);
    expect(normaliseGtin(gtin14)).toBe(gtin14);
    expect(displayGtin(gtin14)).toBe(printed);
  });

  it.each([
    ['4006381333932', 'The check digit should be 1.'],
    ['400638133393', 'The check digit should be 0.'],
    ['400638133', 'A GTIN has 8, 12, 13 or 14 digits, not 9.'],
    ['400638133393X', 'A GTIN has digits only.'],
    [' 4006381333931', 'A GTIN has digits only.'],
    ['４００６３８１３３３９３１', 'A GTIN has digits only.'],
    ['', 'A GTIN has digits only.'],
  ])('“%s” is refused: %s', (code, reason) => {
    expect(isGtin(code)).toBe(false);
    expect(() => normaliseGtin(code)).toThrow(
      expect.objectContaining({ code: 'CODE_INVALID', details: { code, reason } }),
    );
  });

  const body = fc
    .constantFrom(7, 11, 12, 13)
    .chain((length) =>
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length }),
    );

  it('with any one digit misread is never taken for another product', () => {
    fc.assert(
      fc.property(body, fc.nat({ max: 13 }), fc.integer({ min: 1, max: 9 }), (digits, place, change) => {
        const code = `${digits}${checkDigit(digits)}`;
        expect(isGtin(code)).toBe(true);
        const at = place % code.length;
        const misread = `${code.slice(0, at)}${(Number(code[at]) + change) % 10}${code.slice(at + 1)}`;
        expect(isGtin(misread)).toBe(false);
      }),
    );
  });

  it('shown and read again is the same product', () => {
    fc.assert(
      fc.property(body, (digits) => {
        const gtin14 = normaliseGtin(`${digits}${checkDigit(digits)}`);
        expect(gtin14).toMatch(/^[0-9]{14}$/);
        expect(normaliseGtin(displayGtin(gtin14))).toBe(gtin14);
      }),
    );
  });
});

const dataFolder =
  process.env.BUTIK_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const catalogue = `${dataFolder}/catalogue/products-se-no.csv`;
if (!existsSync(catalogue)) console.info('products-se-no.csv is not here: real barcodes are left out.');

describe.skipIf(!existsSync(catalogue))('the barcodes of a real shelf', () => {
  it('are all accepted, and come back as they were printed', () => {
    const codes = readFileSync(catalogue, 'utf8')
      .match(/^"?[0-9]{13}(?=\D)/gm)!
      .map((code) => code.replace('"', ''));
    expect(codes.length).toBeGreaterThan(3000);
    for (const code of codes) expect(displayGtin(normaliseGtin(code)).padStart(13, '0')).toBe(code);
  });
});
