import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consumeFifo, type Lot, onHand } from './ledger.ts';

fc.configureGlobal({ seed: 2026, numRuns: 300 });

function lot(
  lotId: string,
  quantity: number,
  unitCostMinor: number,
  receivedAt = '2026-01-01T00:00:00.000Z',
): Lot {
  return { lotId, quantity, unitCostMinor, receivedAt, expiresOn: null };
}

const monday = lot('monday', 10, 500, '2026-06-01T08:00:00.000Z');
const tuesday = lot('tuesday', 10, 600, '2026-06-02T08:00:00.000Z');

describe('selling from stock', () => {
  it('takes what came first, whatever order the lots are in', () => {
    expect(consumeFifo([tuesday, monday], 12)).toEqual({
      taken: [
        { lotId: 'monday', quantity: 10, unitCostMinor: 500 },
        { lotId: 'tuesday', quantity: 2, unitCostMinor: 600 },
      ],
      shortfall: 0,
      costMinor: 6200,
    });
  });

  it('works when the shelf holds more than the system knows of', () => {
    expect(consumeFifo([monday], 13)).toEqual({
      taken: [{ lotId: 'monday', quantity: 10, unitCostMinor: 500 }],
      shortfall: 3,
      costMinor: 5000,
    });
    expect(consumeFifo([], 2)).toEqual({ taken: [], shortfall: 2, costMinor: 0 });
  });

  it('passes over lots that are used up or below zero', () => {
    expect(consumeFifo([lot('empty', 0, 1), lot('oversold', -4, 1), tuesday], 1).taken).toEqual([
      { lotId: 'tuesday', quantity: 1, unitCostMinor: 600 },
    ]);
  });

  it('goes by lot id when two came together', () => {
    expect(consumeFifo([lot('b', 1, 2), lot('a', 1, 1)], 1).taken[0]?.lotId).toBe('a');
    expect(consumeFifo([lot('a', 1, 1), lot('b', 1, 2)], 1).taken[0]?.lotId).toBe('a');
  });

  it('costs grams by the kilogram and rounds once', () => {
    const cheese = [
      lot('1', 250, 12_995, '2026-01-01T00:00:00.000Z'),
      lot('2', 5000, 13_005, '2026-01-02T00:00:00.000Z'),
    ];
    expect(consumeFifo(cheese, 333, 'gram').costMinor).toBe(4328);
  });

  it('leaves the lots as they were', () => {
    const lots = [tuesday, monday];
    consumeFifo(lots, 15);
    expect(lots).toEqual([tuesday, monday]);
    expect(monday.quantity).toBe(10);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses a quantity of %d', (quantity) => {
    expect(() => consumeFifo([monday], quantity)).toThrow(
      expect.objectContaining({ code: 'QUANTITY_INVALID', details: { quantity } }),
    );
  });
});

const lots = fc.uniqueArray(
  fc.record({
    lotId: fc.uuid(),
    quantity: fc.integer({ min: -5, max: 1000 }),
    unitCostMinor: fc.nat({ max: 100_000 }),
    receivedAt: fc.integer({ min: 0, max: 20 }).map((day) => new Date(day * 86_400_000).toISOString()),
    expiresOn: fc.constant(null),
  }),
  { selector: (each) => each.lotId, maxLength: 20 },
);

describe('FIFO, whatever the lots and the quantity', () => {
  it('takes all that was asked for or all that was there, and costs what was taken', () => {
    fc.assert(
      fc.property(lots, fc.integer({ min: 1, max: 10_000 }), (stock, quantity) => {
        const { taken, shortfall, costMinor } = consumeFifo(stock, quantity);
        const there = stock.reduce((sum, each) => sum + Math.max(0, each.quantity), 0);
        expect(onHand(taken) + shortfall).toBe(quantity);
        expect(shortfall).toBe(Math.max(0, quantity - there));
        expect(costMinor).toBe(taken.reduce((sum, part) => sum + part.quantity * part.unitCostMinor, 0));
        for (const part of taken) expect(part.quantity).toBeGreaterThan(0);
      }),
    );
  });

  it('never touches a lot while an older one has something left', () => {
    fc.assert(
      fc.property(lots, fc.integer({ min: 1, max: 5000 }), (stock, quantity) => {
        const takenOf = new Map(
          consumeFifo(stock, quantity).taken.map((part) => [part.lotId, part.quantity]),
        );
        const touched = stock.filter((each) => takenOf.has(each.lotId));
        for (const older of stock.filter((each) => each.quantity > 0)) {
          const isPassedOver = touched.some((each) => each.receivedAt > older.receivedAt);
          if (isPassedOver) expect(takenOf.get(older.lotId)).toBe(older.quantity);
        }
      }),
    );
  });

  it('costs the same sold at once or one after the other', () => {
    fc.assert(
      fc.property(
        lots,
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        (stock, first, second) => {
          const one = consumeFifo(stock, first);
          const left = stock.map((each) => ({
            ...each,
            quantity: each.quantity - (one.taken.find((part) => part.lotId === each.lotId)?.quantity ?? 0),
          }));
          const two = consumeFifo(left, second);
          expect(one.costMinor + two.costMinor).toBe(consumeFifo(stock, first + second).costMinor);
        },
      ),
    );
  });
});

describe('stock on hand', () => {
  it('is the sum of all movements, in any order, and may fall below zero', () => {
    expect(onHand([{ quantity: 10 }, { quantity: -3 }, { quantity: -9 }])).toBe(-2);
    expect(onHand([{ quantity: -9 }, { quantity: 10 }, { quantity: -3 }])).toBe(-2);
    expect(onHand([])).toBe(0);
  });
});
