import { ButikError } from '@butik/proto/errors/butik-error';
import { divideRounded } from '../money/round.ts';

export interface Lot {
  lotId: string;
  /** Pieces or grams that are left of it. */
  quantity: number;
  /** Per piece, or per kilogram where the quantity is grams. */
  unitCostMinor: number;
  /** UTC ISO-8601 with milliseconds. */
  receivedAt: string;
  /** YYYY-MM-DD. */
  expiresOn: string | null;
}

export interface TakenLot {
  lotId: string;
  quantity: number;
  unitCostMinor: number;
}

export interface Consumption {
  taken: TakenLot[];
  /** What was sold beyond the lots on hand; it has no cost yet. */
  shortfall: number;
  costMinor: number;
}

/**
 * Takes a quantity from the lots that came first. Goods in a customer's hand always sell: what the lots
 * do not hold is reported as shortfall, never refused. The lots are not changed; lots received at the
 * same instant go by id. Throws QUANTITY_INVALID unless the quantity is a whole number above zero.
 */
export function consumeFifo(
  lots: readonly Lot[],
  quantity: number,
  unit: 'piece' | 'gram' = 'piece',
): Consumption {
  if (!Number.isSafeInteger(quantity) || quantity <= 0) {
    throw new ButikError('QUANTITY_INVALID', { details: { quantity } });
  }
  const taken: TakenLot[] = [];
  let shortfall = quantity;
  let cost = 0n;
  for (const lot of lots.filter((each) => each.quantity > 0).sort(byAge)) {
    if (shortfall === 0) break;
    const part = Math.min(lot.quantity, shortfall);
    taken.push({ lotId: lot.lotId, quantity: part, unitCostMinor: lot.unitCostMinor });
    cost += BigInt(part) * BigInt(lot.unitCostMinor);
    shortfall -= part;
  }
  return { taken, shortfall, costMinor: divideRounded(cost, unit === 'gram' ? 1000n : 1n) };
}

/** Stock on hand is nobody's number but the sum of all movements; it may be below zero. */
export function onHand(movements: readonly { quantity: number }[]): number {
  return movements.reduce((sum, movement) => sum + movement.quantity, 0);
}

function byAge(a: Lot, b: Lot): number {
  return compare(a.receivedAt, b.receivedAt) || compare(a.lotId, b.lotId);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
