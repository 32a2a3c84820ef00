import { priceAt } from '@butik/domain/prices/price-at';
import { ButikError } from '@butik/proto/errors/butik-error';

/** A price for the whole chain, as the product item carries it. Instants are ISO 8601 in UTC. */
export interface ChainPrice {
  amountMinor: number;
  currency: string;
  validFrom: string;
  validTo?: string | undefined;
}

/** Prices of one product that hold now or are still to come. */
const MAX_CHAIN_PRICES = 50;

/**
 * The product's prices with one more, less those that can never hold again: they have ended, or a later
 * one hides them to their end. A price with the same beginning is replaced.
 * Throws REQUEST_INVALID when more than 50 prices would wait for their day.
 */
export function withPrice(prices: readonly ChainPrice[], price: ChainPrice, at: string): ChainPrice[] {
  const all = [...prices.filter(({ validFrom }) => validFrom !== price.validFrom), price];
  const kept = all.filter((one) => !isOver(one, at) && !all.some((other) => hides(other, one, at)));
  if (kept.length > MAX_CHAIN_PRICES) {
    throw new ButikError('REQUEST_INVALID', {
      message: `A product can have at most ${MAX_CHAIN_PRICES} prices to come.`,
      details: { fields: [{ path: 'validFrom', message: 'Too many prices are waiting for their day.' }] },
    });
  }
  return kept.sort((a, b) => (a.validFrom < b.validFrom ? -1 : 1));
}

/** The chain's price at an instant, or null. */
export function chainPriceAt(prices: readonly ChainPrice[], at: string): ChainPrice | null {
  const dated = prices.map((price) => ({ ...price, scope: 'chain', validTo: price.validTo ?? null, price }));
  return priceAt(dated, at, ['chain'])?.price ?? null;
}

function isOver(price: ChainPrice, at: string): boolean {
  return price.validTo !== undefined && price.validTo <= at;
}

function hides(later: ChainPrice, earlier: ChainPrice, at: string): boolean {
  if (later.validFrom > at || later.validFrom <= earlier.validFrom) return false;
  if (later.validTo === undefined) return true;
  return earlier.validTo !== undefined && later.validTo >= earlier.validTo;
}
