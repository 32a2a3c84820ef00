import { expect, test } from 'vitest';
import { type ChainPrice, chainPriceAt, withPrice } from './chain-prices.ts';

const day = (date: string) => `2026-${date}T00:00:00.000Z`;
const price = (amountMinor: number, from: string, to?: string): ChainPrice => ({
  amountMinor,
  currency: 'SEK',
  validFrom: day(from),
  ...(to !== undefined && { validTo: day(to) }),
});
const NOW = day('06-15');
const amounts = (prices: ChainPrice[]) => prices.map(({ amountMinor }) => amountMinor);

test('a new ordinary price takes the place of the old one', () => {
  expect(amounts(withPrice([price(10, '01-01')], price(12, '06-01'), NOW))).toEqual([12]);
});

test('the ordinary price stays under a campaign and holds again after it', () => {
  const prices = withPrice([price(10, '01-01')], price(8, '06-01', '06-30'), NOW);
  expect(amounts(prices)).toEqual([10, 8]);
  expect(chainPriceAt(prices, NOW)?.amountMinor).toBe(8);
  expect(chainPriceAt(prices, day('06-30'))?.amountMinor).toBe(10);
});

test('what has ended goes, what is to come stays, and the same beginning is replaced', () => {
  const prices = [price(10, '01-01'), price(7, '05-01', '06-01'), price(11, '07-01')];
  expect(amounts(withPrice(prices, price(13, '07-01'), NOW))).toEqual([10, 13]);
});

test('before its first price a product has none', () => {
  expect(chainPriceAt([price(10, '07-01')], NOW)).toBeNull();
});

test('the prices to come are bounded', () => {
  const many = Array.from({ length: 50 }, (_, minute) => ({
    ...price(1, '07-01'),
    validFrom: `2026-07-01T00:${String(minute).padStart(2, '0')}:00.000Z`,
  }));
  expect(() => withPrice(many, price(1, '08-01'), NOW)).toThrow(
    expect.objectContaining({ code: 'REQUEST_INVALID' }),
  );
});
