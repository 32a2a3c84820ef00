import type { SaleLineInput } from '@butik/domain/sale/price-sale';
import { VAT_CATEGORIES, type VatCategory } from '@butik/domain/vat/rates';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { CurrentShop } from '../catalogue/current-shop.ts';
import { findLineProduct } from '../catalogue/line-product.ts';
import type { LineInput } from './sale.ts';

/**
 * The lines with what the catalogue says of their products at an instant (ISO 8601). Throws
 * PRODUCT_NOT_FOUND, CURRENCY_MISMATCH, OVERRIDE_REASON_MISSING and VAT_RATE_UNKNOWN, with
 * `details.line` from 0.
 */
export function resolveLines(
  catalogue: Catalogue,
  shop: CurrentShop,
  lines: readonly LineInput[],
  at: string,
): SaleLineInput[] {
  return lines.map((line, index) => {
    const { productId, code, name, unit, vatCategory } = findLineProduct(catalogue.find, line, index);
    return {
      productId,
      code,
      name,
      unit,
      quantity: line.quantity,
      listPriceMinor: catalogue.priceOf(productId, shop, at),
      ...overrideOf(line, shop, index),
      vatCategory: asVatCategory(vatCategory, shop.country, index),
    };
  });
}

/** The override of a line in the form that pricing takes it, once it is in the shop's currency. */
export function overrideOf(
  { override }: LineInput,
  shop: CurrentShop,
  line: number,
): Pick<SaleLineInput, 'override'> {
  if (override === undefined) return {};
  assertCurrency(override.currency, shop, { line });
  return { override: { unitPriceMinor: override.unitPriceMinor, reason: override.reason } };
}

export function assertCurrency(currency: string | undefined, shop: CurrentShop, where: object = {}): void {
  if (currency === undefined || currency === shop.currency) return;
  throw new ButikError('CURRENCY_MISMATCH', {
    details: { ...where, expected: shop.currency, found: currency },
  });
}

export function asVatCategory(text: string, country: string, line: number): VatCategory {
  const category = VAT_CATEGORIES.find((known) => known === text);
  if (category !== undefined) return category;
  throw new ButikError('VAT_RATE_UNKNOWN', { details: { line, country, category: text } });
}
