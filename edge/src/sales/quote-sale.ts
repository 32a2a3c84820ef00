import { priceSale } from '@butik/domain/sale/price-sale';
import type { BusinessDayOf } from '../catalogue/business-day-of.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { CurrentShop } from '../catalogue/current-shop.ts';
import type { Ports } from '../ports.ts';
import { resolveLines } from './resolve-lines.ts';
import type { Quote, QuoteRequest } from './sale.ts';

export type QuoteSale = (request: QuoteRequest) => Quote;

/** What a sale would come to now; changes nothing. Throws what `priceSale` and `resolveLines` throw. */
export function createQuoteSale(context: {
  ports: Ports;
  catalogue: Catalogue;
  currentShop: () => CurrentShop;
  businessDayOf: BusinessDayOf;
}): QuoteSale {
  const { ports, catalogue, currentShop, businessDayOf } = context;
  return ({ lines, cash }) => {
    const shop = currentShop();
    const now = ports.clock.now();
    const priced = priceSale({
      kind: 'sale',
      currency: shop.currency,
      country: shop.country,
      businessDay: businessDayOf(shop, now),
      lines: resolveLines(catalogue, shop, lines, new Date(now).toISOString()),
      cash,
    });
    return { ...priced, currency: shop.currency };
  };
}
