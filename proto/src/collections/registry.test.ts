import { describe, expect, test } from 'vitest';
import { columnType, rowSchema } from './define-collection.ts';
import { prices } from './prices.ts';
import { COLLECTIONS } from './registry.ts';

test('no two collections have the same name', () => {
  const names = COLLECTIONS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

describe.each(COLLECTIONS)('$name', (collection) => {
  const { name, version, scoping, key, columns } = collection;

  test('has names that both databases take without quotes', () => {
    for (const identifier of [name, ...Object.keys(columns)])
      expect(identifier).toMatch(/^[a-z][a-z0-9_]{0,30}$/);
    expect(version).toBeGreaterThan(0);
  });

  test('has a key of columns that are never null', () => {
    expect(key.length).toBeGreaterThan(0);
    for (const column of key) expect(columnType(columns[column]!).nullable).toBe(false);
  });

  test('names its scope in a column when shops do not all get the same rows', () => {
    expect(columns.scope).toBe(scoping === 'scoped' ? 'text' : undefined);
  });
});

const price = {
  id: 'p1/chain/2025-01-01T00:00:00Z',
  product_id: '0195a2c4-7c00-7000-8000-000000000001',
  scope: 'chain',
  amount_minor: 1990,
  currency: 'SEK',
  valid_from: '2025-01-01T00:00:00Z',
  valid_to: null,
};

test('a row has exactly the columns of its collection; only those marked so are null', () => {
  expect(rowSchema(prices).parse(price)).toEqual(price);
  const { currency: _, ...withoutCurrency } = price;
  const wrong = [
    { ...price, amount_minor: 19.9 },
    { ...price, currency: null },
    { ...price, product_id: 'p1' },
    { ...price, colour: 'red' },
    withoutCurrency,
  ];
  for (const row of wrong) expect(rowSchema(prices).safeParse(row).success).toBe(false);
});
