import { describe, expect, it } from 'vitest';
import { settleTenders } from './settle-tenders.ts';

const cash = (amountMinor: number) => ({ type: 'cash', amountMinor });
const card = (amountMinor: number) => ({ type: 'card', amountMinor });

describe('paying', () => {
  it('with the exact amount gives no change', () => {
    expect(settleTenders(9900, [card(9900)])).toEqual({ changeMinor: 0 });
    expect(settleTenders(9900, [card(5000), { type: 'swish', amountMinor: 4900 }])).toEqual({
      changeMinor: 0,
    });
    expect(settleTenders(0, [])).toEqual({ changeMinor: 0 });
    expect(settleTenders(0, [cash(0)])).toEqual({ changeMinor: 0 });
  });

  it('with a note gives change, also beside a card', () => {
    expect(settleTenders(9900, [cash(10_000)])).toEqual({ changeMinor: 100 });
    expect(settleTenders(9900, [card(9000), cash(2000)])).toEqual({ changeMinor: 1100 });
  });

  it('with too little says what is missing', () => {
    expect(() => settleTenders(9900, [cash(5000), card(4000)])).toThrow(
      expect.objectContaining({ code: 'TENDER_INSUFFICIENT', details: { missingMinor: 900 } }),
    );
    expect(() => settleTenders(9900, [])).toThrow(
      expect.objectContaining({ code: 'TENDER_INSUFFICIENT', details: { missingMinor: 9900 } }),
    );
  });

  it('with more on the card than is owed is refused: a card gives no cash', () => {
    expect(() => settleTenders(9900, [card(10_000)])).toThrow(
      expect.objectContaining({ code: 'TENDER_EXCESSIVE', details: { excessMinor: 100 } }),
    );
    expect(() => settleTenders(9900, [card(10_000), cash(50)])).toThrow(
      expect.objectContaining({ code: 'TENDER_EXCESSIVE', details: { excessMinor: 150 } }),
    );
  });

  it.each([-100, 0.5, Number.NaN])('refuses a tender of %d', (amountMinor) => {
    expect(() => settleTenders(9900, [cash(9900), card(amountMinor)])).toThrow(
      expect.objectContaining({ code: 'TENDER_INVALID', details: { tender: 1, type: 'card', amountMinor } }),
    );
  });
});

describe('paying back', () => {
  it('matches to the öre, in one tender or several', () => {
    expect(settleTenders(-9900, [cash(-9900)])).toEqual({ changeMinor: 0 });
    expect(settleTenders(-9900, [cash(-900), card(-9000)])).toEqual({ changeMinor: 0 });
  });

  it('too little or too much is refused, in cash as well', () => {
    expect(() => settleTenders(-9900, [cash(-9000)])).toThrow(
      expect.objectContaining({ code: 'TENDER_INSUFFICIENT', details: { missingMinor: 900 } }),
    );
    expect(() => settleTenders(-9900, [cash(-10_000)])).toThrow(
      expect.objectContaining({ code: 'TENDER_EXCESSIVE', details: { excessMinor: 100 } }),
    );
  });

  it('never takes money in', () => {
    expect(() => settleTenders(-9900, [cash(9900)])).toThrow(
      expect.objectContaining({ code: 'TENDER_INVALID' }),
    );
  });
});
