import { priceSale } from '@butik/domain/sale/price-sale';
import type { BusinessDayOf } from '../catalogue/business-day-of.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { CurrentShop } from '../catalogue/current-shop.ts';
import type { Ports } from '../ports.ts';
import type { Answered, AnswerOnce } from '../store/answer-once.ts';
import { assertCurrency, resolveLines } from './resolve-lines.ts';
import type { Sale, SaleRequest } from './sale.ts';
import type { WriteSale } from './write-sale.ts';

export type RecordSale = (key: string, request: SaleRequest) => Promise<Answered<Sale>>;

/**
 * Makes a sale, whole or not at all, once per key; resolves when it is durable. Stock may go below zero.
 * Throws what `priceSale`, `resolveLines` and `settle` throw, and IDEMPOTENCY_KEY_REUSED.
 */
export function createRecordSale(context: {
  ports: Ports;
  catalogue: Catalogue;
  currentShop: () => CurrentShop;
  businessDayOf: BusinessDayOf;
  answerOnce: AnswerOnce;
  writeSale: WriteSale;
}): RecordSale {
  const { ports, catalogue, currentShop, businessDayOf, answerOnce, writeSale } = context;

  return (key, request) =>
    answerOnce<Sale>({ key, operation: 'sale', content: request }, (db) => {
      const shop = currentShop();
      const soldAtMs = ports.clock.now();
      assertCurrency(request.currency, shop);
      const priced = priceSale({
        kind: 'sale',
        currency: shop.currency,
        country: shop.country,
        businessDay: businessDayOf(shop, soldAtMs),
        lines: resolveLines(catalogue, shop, request.lines, new Date(soldAtMs).toISOString()),
        cash: false,
      });
      const { tenders, reference } = request;
      return writeSale(db, { kind: 'sale', shop, soldAtMs, priced, tenders, reference });
    });
}
