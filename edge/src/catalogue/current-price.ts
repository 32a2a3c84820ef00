import { type DatedPrice, priceAt } from '@butik/domain/prices/price-at';
import type { Database } from 'better-sqlite3';

/** The price of a product in a shop at an instant, in minor units; null when none is valid. */
export type PriceReader = (
  productId: string,
  shop: { shopId: string; currency: string },
  at: string,
) => number | null;

/** The hub sends a shop only the prices of its own scopes, so every group found is one of the shop's. */
export function createPriceReader(db: Database): PriceReader {
  const pricesOf = db.prepare<[string, string], DatedPrice>(
    `SELECT scope, amount_minor AS amountMinor, currency, valid_from AS validFrom, valid_to AS validTo
     FROM prices WHERE product_id = ? AND currency = ?`,
  );
  return (productId, { shopId, currency }, at) => {
    const prices = pricesOf.all(productId, currency);
    const groups = prices.map(({ scope }) => scope).filter((scope) => scope.startsWith('group:'));
    return priceAt(prices, at, [`shop:${shopId}`, ...groups.sort(), 'chain'])?.amountMinor ?? null;
  };
}
