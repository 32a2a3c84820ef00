import { expect, test } from 'vitest';
import type { PriceOverride, Product } from '../api/types.ts';
import { type BasketLine, basketReducer, countItems, toLineInputs } from './basket.ts';

const milk: Product = {
  productId: '0199c1de-0000-7000-8000-000000000001',
  code: '7310865004703',
  name: 'Mellanmjölk 1,5 %',
  unit: 'piece',
  vatCategory: 'food',
  category: 'Mejeri',
  priceMinor: 1690,
  currency: 'SEK',
  onHand: 12,
};
const sweets: Product = {
  ...milk,
  productId: '0199c1de-0000-7000-8000-000000000002',
  code: '42',
  name: 'Lösgodis',
  unit: 'gram',
};
const reduced: PriceOverride = { unitPriceMinor: 1000, currency: 'SEK', reason: 'Kort datum' };

function fill(...goods: Omit<BasketLine, 'lineId'>[]): BasketLine[] {
  return goods.reduce<BasketLine[]>(
    (lines, one, index) => basketReducer(lines, { type: 'add', lineId: `line-${index}`, ...one }),
    [],
  );
}

test('the same milk scanned three times is one line of three', () => {
  const lines = fill(
    { product: milk, quantity: 1 },
    { product: milk, quantity: 1 },
    { product: milk, quantity: 1 },
  );
  expect(lines).toEqual([{ lineId: 'line-0', product: milk, quantity: 3 }]);
});

test('two bags of sweets stay two lines, each with its own weight', () => {
  const lines = fill({ product: sweets, quantity: 250 }, { product: sweets, quantity: 410 });
  expect(lines.map(({ quantity }) => quantity)).toEqual([250, 410]);
});

test('three milks and a bag of sweets are four items', () => {
  expect(countItems(fill({ product: milk, quantity: 3 }, { product: sweets, quantity: 250 }))).toBe(4);
});

test('milk at a reduced price does not join milk at its list price', () => {
  const lines = fill(
    { product: milk, quantity: 1 },
    { product: milk, quantity: 1, override: reduced },
    { product: milk, quantity: 1, override: reduced },
  );
  expect(toLineInputs(lines)).toEqual([
    { productId: milk.productId, quantity: 1 },
    { productId: milk.productId, quantity: 2, override: reduced },
  ]);
});

test('taking away the last piece removes the line, and only that line', () => {
  const lines = fill({ product: milk, quantity: 1 }, { product: sweets, quantity: 250 });
  const left = basketReducer(lines, { type: 'set-quantity', lineId: 'line-0', quantity: 0 });
  expect(left.map(({ lineId }) => lineId)).toEqual(['line-1']);
  expect(basketReducer(left, { type: 'remove', lineId: 'line-1' })).toEqual([]);
});

test('a line whose price went missing gets one with a reason', () => {
  const lines = basketReducer(fill({ product: milk, quantity: 2 }), {
    type: 'set-override',
    lineId: 'line-0',
    override: reduced,
  });
  expect(lines).toEqual([{ lineId: 'line-0', product: milk, quantity: 2, override: reduced }]);
});
