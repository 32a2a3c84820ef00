import { describe, expect, it } from 'vitest';
import { type DatedPrice, priceAt } from './price-at.ts';

const SCOPES = ['shop:s1', 'group:north', 'chain'];

function price(amountMinor: number, change: Partial<DatedPrice> = {}): DatedPrice {
  return {
    scope: 'chain',
    amountMinor,
    currency: 'SEK',
    validFrom: '2026-01-01T00:00:00Z',
    validTo: null,
    ...change,
  };
}

function amountAt(prices: DatedPrice[], at = '2026-06-01T12:00:00.000Z'): number | undefined {
  return priceAt(prices, at, SCOPES)?.amountMinor;
}

describe('the price on the shelf', () => {
  it('is the shop’s own before its group’s before the chain’s', () => {
    const chain = price(1000);
    const group = price(900, { scope: 'group:north' });
    const shop = price(1200, { scope: 'shop:s1' });
    expect(amountAt([chain])).toBe(1000);
    expect(amountAt([chain, group])).toBe(900);
    expect(amountAt([shop, chain, group])).toBe(1200);
  });

  it('of another shop never counts', () => {
    expect(amountAt([price(1, { scope: 'shop:s2' }), price(2, { scope: 'group:south' })])).toBeUndefined();
  });

  it('is the one that began last, also when the rows write their instants differently', () => {
    const older = price(1000, { validFrom: '2026-05-01T00:00:00.000Z' });
    const newer = price(1100, { validFrom: '2026-05-01T02:30:00+02:00' });
    expect(amountAt([newer, older])).toBe(1100);
    expect(amountAt([older, newer])).toBe(1100);
  });

  it('holds from its first instant up to, not with, its last', () => {
    const week = price(500, { validFrom: '2026-06-01T00:00:00Z', validTo: '2026-06-08T00:00:00Z' });
    expect(amountAt([week], '2026-05-31T23:59:59.999Z')).toBeUndefined();
    expect(amountAt([week], '2026-06-01T00:00:00.000Z')).toBe(500);
    expect(amountAt([week], '2026-06-07T23:59:59.999Z')).toBe(500);
    expect(amountAt([week], '2026-06-08T00:00:00.000Z')).toBeUndefined();
  });

  it('falls back to the chain’s when the shop’s own has ended', () => {
    const ended = price(500, { scope: 'shop:s1', validTo: '2026-02-01T00:00:00Z' });
    expect(amountAt([ended, price(1000)])).toBe(1000);
  });

  it('is the lower of two that began together, whichever row comes first', () => {
    expect(amountAt([price(1000), price(900)])).toBe(900);
    expect(amountAt([price(900), price(1000)])).toBe(900);
  });

  it('comes back as the row it was, whatever else the row holds', () => {
    const row = { ...price(1000), priceId: 'p1' };
    expect(priceAt([row], '2026-06-01T12:00:00Z', SCOPES)?.priceId).toBe('p1');
  });

  it('cannot be asked for at no instant', () => {
    expect(() => priceAt([price(1)], 'today', SCOPES)).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID' }),
    );
  });
});
