import { priceSale } from '@butik/domain/sale/price-sale';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { BusinessDayOf } from '../catalogue/business-day-of.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { CurrentShop } from '../catalogue/current-shop.ts';
import type { Ports } from '../ports.ts';
import type { Answered, AnswerOnce } from '../store/answer-once.ts';
import type { FindSale } from './find-sale.ts';
import { assertCurrency, resolveLines } from './resolve-lines.ts';
import type { ReturnLine, ReturnLines } from './return-lines.ts';
import type { ReturnRequest, Sale, TenderInput } from './sale.ts';
import type { WriteSale } from './write-sale.ts';

export type ReturnGoods = (key: string, request: ReturnRequest) => Promise<Answered<Sale>>;

/**
 * Takes goods back and pays for them, whole or not at all, once per key. With the original sale its
 * prices and VAT rates apply, so that returning all of it is its exact mirror; without it, today's.
 * Throws SALE_NOT_FOUND, RETURN_EXCEEDS_SALE, RETURN_PRICE_EXCEEDS_SALE, and what a sale throws.
 */
export function createReturnGoods(context: {
  ports: Ports;
  catalogue: Catalogue;
  currentShop: () => CurrentShop;
  businessDayOf: BusinessDayOf;
  answerOnce: AnswerOnce;
  findSale: FindSale;
  returnLines: ReturnLines;
  writeSale: WriteSale;
}): ReturnGoods {
  const { ports, catalogue, currentShop, businessDayOf, answerOnce, findSale, returnLines, writeSale } =
    context;

  return (key, request) =>
    answerOnce<Sale>({ key, operation: 'return', content: request }, (db) => {
      const shop = currentShop();
      const soldAtMs = ports.clock.now();
      assertCurrency(request.currency, shop);
      const original = originalOf(request, findSale);
      const lines: ReturnLine[] =
        original === null
          ? withoutCost(resolveLines(catalogue, shop, request.lines, new Date(soldAtMs).toISOString()))
          : returnLines(original, request.lines, shop);
      const priced = priceSale({
        kind: 'return',
        currency: shop.currency,
        country: shop.country,
        businessDay: original?.businessDay ?? businessDayOf(shop, soldAtMs),
        lines,
        cash: false,
      });
      const { reference, originalSaleId, reason } = request;
      return writeSale(db, {
        kind: 'return',
        shop,
        soldAtMs,
        priced,
        tenders: paidBack(request.tenders),
        unitCosts: lines.map(({ unitCostMinor }) => unitCostMinor),
        reference,
        originalSaleId,
        reason,
      });
    });
}

function originalOf({ originalSaleId }: ReturnRequest, findSale: FindSale): Sale | null {
  if (originalSaleId === undefined) return null;
  const original = findSale(originalSaleId);
  if (original.kind === 'sale') return original;
  throw new ButikError('SALE_NOT_FOUND', {
    message: 'That is a return itself.',
    details: { originalSaleId },
  });
}

function withoutCost(lines: ReturnType<typeof resolveLines>): ReturnLine[] {
  return lines.map((line) => ({ ...line, unitCostMinor: null }));
}

/** The till sends what it pays back as amounts above zero; in the ledger they leave the shop. */
function paidBack(tenders: readonly TenderInput[]): TenderInput[] {
  return tenders.map(({ type, amountMinor }) => ({ type, amountMinor: 0 - amountMinor }));
}
