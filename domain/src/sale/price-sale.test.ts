import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VAT_CATEGORIES } from '../vat/rates.ts';
import { priceSale, type SaleInput, type SaleLineInput } from './price-sale.ts';

fc.configureGlobal({ seed: 12, numRuns: 300 });

const coffee: SaleLineInput = {
  productId: 'p-coffee',
  code: '04006381333931',
  name: 'Kaffe',
  unit: 'piece',
  quantity: 2,
  listPriceMinor: 4995,
  vatCategory: 'food',
};
const cheese: SaleLineInput = {
  productId: 'p-cheese',
  code: '2312345600000',
  name: 'Präst',
  unit: 'gram',
  quantity: 333,
  listPriceMinor: 12_990,
  vatCategory: 'food',
};
const bag: SaleLineInput = {
  productId: 'p-bag',
  code: 'PÅSE',
  name: 'Påse',
  unit: 'piece',
  quantity: 1,
  listPriceMinor: 300,
  vatCategory: 'standard',
};

function sale(lines: SaleLineInput[], change: Partial<SaleInput> = {}): SaleInput {
  return {
    kind: 'sale',
    currency: 'SEK',
    country: 'SE',
    businessDay: '2026-03-31',
    cash: false,
    lines,
    ...change,
  };
}

describe('a sale at the till', () => {
  it('costs pieces by the piece and grams by the kilogram, with the VAT of each rate', () => {
    expect(priceSale(sale([coffee, cheese, bag]))).toEqual({
      lines: [
        { ...coffee, unitPriceMinor: 4995, rateBp: 1200, amountMinor: 9990 },
        { ...cheese, unitPriceMinor: 12_990, rateBp: 1200, amountMinor: 4326 },
        { ...bag, unitPriceMinor: 300, rateBp: 2500, amountMinor: 300 },
      ],
      vat: [
        { rateBp: 2500, grossMinor: 300, netMinor: 240, vatMinor: 60 },
        { rateBp: 1200, grossMinor: 14_316, netMinor: 12_782, vatMinor: 1534 },
      ],
      totalMinor: 14_616,
      roundingMinor: 0,
      payableMinor: 14_616,
    });
  });

  it('carries the VAT of its business day', () => {
    expect(priceSale(sale([coffee], { businessDay: '2026-04-01' })).lines[0]?.rateBp).toBe(600);
  });

  it('is rounded to whole kronor in cash only', () => {
    expect(priceSale(sale([coffee, cheese, bag], { cash: true }))).toMatchObject({
      totalMinor: 14_616,
      roundingMinor: -16,
      payableMinor: 14_600,
    });
  });

  it('charges an overridden price, keeps the list price and the reason', () => {
    const bruised = { ...coffee, override: { unitPriceMinor: 2500, reason: ' dent in the tin ' } };
    expect(priceSale(sale([bruised])).lines[0]).toEqual({
      ...coffee,
      unitPriceMinor: 2500,
      overrideReason: 'dent in the tin',
      rateBp: 1200,
      amountMinor: 5000,
    });
  });

  it('of a product without a price works at a price with a reason', () => {
    const unpriced = { ...coffee, listPriceMinor: null, override: { unitPriceMinor: 0, reason: 'gift' } };
    expect(priceSale(sale([unpriced])).totalMinor).toBe(0);
  });

  it.each<[string, Partial<SaleLineInput>]>([
    ['QUANTITY_INVALID', { quantity: 0 }],
    ['QUANTITY_INVALID', { quantity: -1 }],
    ['QUANTITY_INVALID', { quantity: 0.5 }],
    ['PRICE_MISSING', { listPriceMinor: null }],
    ['PRICE_INVALID', { listPriceMinor: -1 }],
    ['PRICE_INVALID', { listPriceMinor: 9.5 }],
    ['PRICE_INVALID', { override: { unitPriceMinor: -1, reason: 'x' } }],
    ['PRICE_INVALID', { override: { unitPriceMinor: Number.NaN, reason: 'x' } }],
    ['PRICE_INVALID', { listPriceMinor: -1, override: { unitPriceMinor: 1, reason: 'x' } }],
    ['PRICE_INVALID', { listPriceMinor: 1_000_000_000_001, quantity: 1 }],
    ['PRICE_INVALID', { listPriceMinor: Number.MAX_SAFE_INTEGER, quantity: Number.MAX_SAFE_INTEGER }],
    ['OVERRIDE_REASON_MISSING', { override: { unitPriceMinor: 1, reason: ' ' } }],
  ])('is refused whole with %s for a line with %j, and says which line', (code, change) => {
    expect(() => priceSale(sale([bag, { ...coffee, ...change }]))).toThrow(
      expect.objectContaining({ code, details: expect.objectContaining({ line: 1, productId: 'p-coffee' }) }),
    );
  });

  it('is refused without lines, in no currency and in a country without rates', () => {
    expect(() => priceSale(sale([]))).toThrow(expect.objectContaining({ code: 'SALE_EMPTY' }));
    expect(() => priceSale(sale([bag], { currency: 'KR' }))).toThrow(
      expect.objectContaining({ code: 'CURRENCY_UNKNOWN' }),
    );
    expect(() => priceSale(sale([bag], { country: 'XX' }))).toThrow(
      expect.objectContaining({ code: 'VAT_RATE_UNKNOWN' }),
    );
  });
});

describe('a return', () => {
  it('gives back the quantities and amounts with a minus', () => {
    expect(priceSale(sale([coffee], { kind: 'return', cash: true }))).toMatchObject({
      lines: [{ quantity: -2, unitPriceMinor: 4995, amountMinor: -9990 }],
      vat: [{ rateBp: 1200, grossMinor: -9990, netMinor: -8920, vatMinor: -1070 }],
      totalMinor: -9990,
      roundingMinor: -10,
      payableMinor: -10_000,
    });
  });

  const line: fc.Arbitrary<SaleLineInput> = fc.record({
    productId: fc.uuid(),
    code: fc.constant('c'),
    name: fc.constant('n'),
    unit: fc.constantFrom('piece', 'gram'),
    quantity: fc.integer({ min: 1, max: 100_000 }),
    listPriceMinor: fc.nat({ max: 1_000_000 }),
    vatCategory: fc.constantFrom(...VAT_CATEGORIES),
  });

  it('of a whole sale is its exact mirror, to the öre, whatever was in the basket', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), fc.boolean(), (lines, cash) => {
        const sold = priceSale(sale(lines, { cash }));
        const returned = priceSale(sale(lines, { cash, kind: 'return' }));
        expect(returned).toEqual({
          lines: sold.lines.map((each) => ({
            ...each,
            quantity: 0 - each.quantity,
            amountMinor: 0 - each.amountMinor,
          })),
          vat: sold.vat.map((row) => ({
            rateBp: row.rateBp,
            grossMinor: 0 - row.grossMinor,
            netMinor: 0 - row.netMinor,
            vatMinor: 0 - row.vatMinor,
          })),
          totalMinor: 0 - sold.totalMinor,
          roundingMinor: 0 - sold.roundingMinor,
          payableMinor: 0 - sold.payableMinor,
        });
        expect(sold.vat.reduce((sum, row) => sum + row.netMinor + row.vatMinor, 0)).toBe(sold.totalMinor);
        expect(sold.totalMinor + sold.roundingMinor).toBe(sold.payableMinor);
      }),
    );
  });
});
