import { expect, test } from 'vitest';
import type { Product } from '../product.ts';
import { mergeRow } from './merge-row.ts';
import type { CatalogueRow } from './parse-row.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const DEFAULTS = { vatCategory: 'standard' as const, nowMs: NOW, newId: () => 'new-id' };
const ROW: CatalogueRow = { row: 2, code: 'A-1', name: 'Vara', attributes: {} };

function existing(changes: Partial<Product> = {}): Product {
  const { product } = mergeRow(ROW, null, DEFAULTS)!;
  return { ...product, version: 4, ...changes };
}

test('a row without a product makes one, with the defaults for what it does not say', () => {
  expect(mergeRow(ROW, null, DEFAULTS)).toMatchObject({
    expectedVersion: null,
    action: 'created',
    product: { productId: 'new-id', unit: 'piece', vatCategory: 'standard', active: true, version: 1 },
  });
});

test('a row that says what is there already changes nothing, in whatever order the store keeps attributes', () => {
  expect(mergeRow(ROW, existing(), DEFAULTS)).toBeNull();
  const before = existing({ attributes: { b: 1, a: 2 } });
  expect(mergeRow({ ...ROW, attributes: { a: 2, b: 1 } }, before, DEFAULTS)).toBeNull();
});

test('an empty cell clears, a missing column keeps', () => {
  const before = existing({ category: 'Kaffe', description: 'God', attributes: { a: 1, b: 2 } });
  const write = mergeRow({ ...ROW, category: null, attributes: { a: null } }, before, DEFAULTS);
  expect(write).toMatchObject({
    expectedVersion: 4,
    product: { version: 5, category: null, description: 'God', attributes: { b: 2 } },
    change: { category: null, attributes: { b: 2 } },
  });
});

const price = (amountMinor: number, validFrom: string, validTo?: string) => ({
  amountMinor,
  currency: 'SEK',
  validFrom,
  ...(validTo && { validTo }),
});

test('a price is set from now on when the ordinary one is another, whatever a campaign says today', () => {
  const chainPrices = [
    price(1000, '2026-01-01T00:00:00.000Z'),
    price(800, '2026-11-20T00:00:00.000Z', '2026-11-25T00:00:00.000Z'),
  ];
  const same = { ...ROW, price: { amountMinor: 1000, currency: 'SEK' } };
  expect(mergeRow(same, existing({ chainPrices }), DEFAULTS)).toBeNull();
  const raised = { ...ROW, price: { amountMinor: 1100, currency: 'SEK' } };
  expect(mergeRow(raised, existing({ chainPrices }), DEFAULTS)?.price).toEqual({
    scope: 'chain',
    amountMinor: 1100,
    currency: 'SEK',
    validFrom: '2026-11-22T12:00:00.000Z',
    validTo: null,
  });
});

test('a dated price is set once, and one that a later price hides is not set at all', () => {
  const coming = {
    ...ROW,
    price: { amountMinor: 1200, currency: 'SEK', validFrom: '2026-12-01T00:00:00.000Z' },
  };
  const first = mergeRow(coming, existing(), DEFAULTS);
  expect(first?.product.chainPrices).toHaveLength(1);
  expect(mergeRow(coming, first!.product, DEFAULTS)).toBeNull();
  const past = {
    ...ROW,
    price: { amountMinor: 900, currency: 'SEK', validFrom: '2026-01-01T00:00:00.000Z' },
  };
  const chainPrices = [price(1000, '2026-06-01T00:00:00.000Z')];
  expect(mergeRow(past, existing({ chainPrices }), DEFAULTS)).toBeNull();
});
