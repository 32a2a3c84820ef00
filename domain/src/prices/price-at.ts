import { ButikError } from '@butik/proto/errors/butik-error';

export interface DatedPrice {
  /** Whom it is for: `shop:ID`, `group:G` or `chain`. */
  scope: string;
  amountMinor: number;
  currency: string;
  /** ISO instant from which it holds. */
  validFrom: string;
  /** ISO instant at which it holds no more; null for open end. */
  validTo: string | null;
}

/**
 * The price of one product at an instant, or null when none is valid. The most specific scope wins
 * (`scopes` names them, most specific first), then the latest `validFrom`. Of two that began at the
 * same instant the lower is charged, so that the order of rows never decides a price.
 * Throws REQUEST_INVALID when `at` is not an instant.
 */
export function priceAt<P extends DatedPrice>(
  prices: readonly P[],
  at: string,
  scopes: readonly string[],
): P | null {
  const atMs = Date.parse(at);
  if (Number.isNaN(atMs)) {
    throw new ButikError('REQUEST_INVALID', {
      message: `“${at}” is not an instant.`,
      details: { fields: ['at'] },
    });
  }
  for (const scope of scopes) {
    let best: P | null = null;
    for (const price of prices) {
      if (price.scope === scope && isValid(price, atMs) && (best === null || precedes(price, best)))
        best = price;
    }
    if (best !== null) return best;
  }
  return null;
}

function isValid(price: DatedPrice, atMs: number): boolean {
  return Date.parse(price.validFrom) <= atMs && (price.validTo === null || atMs < Date.parse(price.validTo));
}

function precedes(price: DatedPrice, best: DatedPrice): boolean {
  const laterBy = Date.parse(price.validFrom) - Date.parse(best.validFrom);
  return laterBy > 0 || (laterBy === 0 && price.amountMinor < best.amountMinor);
}
