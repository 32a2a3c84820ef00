import { expect, test } from 'vitest';
import { CHANNELS } from './define-fact.ts';
import { FACTS } from './registry.ts';
import { saleRecorded } from './sale-recorded.ts';
import { stockMoved } from './stock-moved.ts';

test('every type of fact is named once, has a version and a channel', () => {
  const types = FACTS.map(({ type }) => type);
  expect(new Set(types).size).toBe(types.length);
  for (const { type, version, channel } of FACTS) {
    expect(type).toMatch(/^[a-z]+\.[a-z]+$/);
    expect(version).toBeGreaterThan(0);
    expect(CHANNELS).toContain(channel);
  }
});

const id = '0195a2c4-7c00-7000-8000-000000000001';
const sale = {
  saleId: id,
  kind: 'sale',
  receipt: { till: '1', epoch: 1, number: 1, journalHash: 'h' },
  soldAt: '2025-03-01T10:00:00.000Z',
  businessDay: '2025-03-01',
  currency: 'SEK',
  lines: [
    {
      productId: id,
      code: '7310865004703',
      name: 'Mjölk',
      unit: 'piece',
      quantity: 1,
      listPriceMinor: 1990,
      unitPriceMinor: 1990,
      vatCategory: 'food',
      rateBp: 1200,
      amountMinor: 1990,
    },
  ],
  vat: [{ rateBp: 1200, grossMinor: 1990, netMinor: 1777, vatMinor: 213 }],
  totalMinor: 1990,
  roundingMinor: 10,
  payableMinor: 2000,
  tenders: [{ type: 'cash', amountMinor: 2000 }],
  changeMinor: 0,
};

test('a sale is taken as the shop made it, and refused when a part of it is missing or half an öre', () => {
  expect(saleRecorded.payload.parse(sale)).toEqual(sale);
  const { currency: _, ...withoutCurrency } = sale;
  const wrong = [
    { ...sale, lines: [] },
    { ...sale, totalMinor: 19.9 },
    { ...sale, shop: 's1' },
    withoutCurrency,
  ];
  for (const payload of wrong) expect(saleRecorded.payload.safeParse(payload).success).toBe(false);
});

test('stock moves by whole pieces or grams, for one of the reasons there are', () => {
  const moved = {
    causeId: id,
    reason: 'sale',
    movedAt: '2025-03-01T10:00:00.000Z',
    currency: 'SEK',
    movements: [{ movementId: id, productId: id, code: '7310865004703', quantity: -1, costMinor: null }],
  };
  expect(stockMoved.payload.parse(moved)).toEqual(moved);
  const [movement] = moved.movements;
  const wrong = [
    { ...moved, reason: 'magic' },
    { ...moved, movements: [] },
    { ...moved, movements: [{ ...movement, quantity: 0.5 }] },
  ];
  for (const payload of wrong) expect(stockMoved.payload.safeParse(payload).success).toBe(false);
});
