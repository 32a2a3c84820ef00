import { ButikError } from '@butik/proto/errors/butik-error';
import { roundCash } from '../money/cash-rounding.ts';
import { type Currency, minorDigits } from '../money/money.ts';
import { divideRounded } from '../money/round.ts';
import { type VatRow, vatBreakdown } from '../vat/breakdown.ts';
import { type VatCategory, vatRate } from '../vat/rates.ts';

/** `gram`: the quantity is grams and the unit price is per kilogram. */
export type Unit = 'piece' | 'gram';
export type SaleKind = 'sale' | 'return';

export interface SaleLineInput {
  productId: string;
  code: string;
  name: string;
  unit: Unit;
  /** Pieces or grams, above zero on a return too. */
  quantity: number;
  /** VAT included; null when the product has no price now. */
  listPriceMinor: number | null;
  override?: { unitPriceMinor: number; reason: string };
  vatCategory: VatCategory;
}

export interface SaleInput {
  kind: SaleKind;
  currency: Currency;
  /** ISO 3166-1 alpha-2. */
  country: string;
  /** YYYY-MM-DD; on a return the day of the sale, so that its VAT comes back at the rate it had. */
  businessDay: string;
  lines: readonly SaleLineInput[];
  /** Settled in cash, so the payable amount is rounded to coins. */
  cash: boolean;
}

export interface PricedLine {
  productId: string;
  code: string;
  name: string;
  unit: Unit;
  /** Negative on a return. */
  quantity: number;
  listPriceMinor: number | null;
  unitPriceMinor: number;
  overrideReason?: string;
  vatCategory: VatCategory;
  rateBp: number;
  /** VAT included; negative on a return. */
  amountMinor: number;
}

export interface PricedSale {
  lines: PricedLine[];
  vat: VatRow[];
  totalMinor: number;
  roundingMinor: number;
  payableMinor: number;
}

const GRAMS_PER_KILOGRAM = 1000n;
/** Ten thousand million kronor: sums of such lines stay exact for thousands of lines. */
const MAX_LINE_AMOUNT_MINOR = 1_000_000_000_000;

/**
 * Prices a sale or a return: the one place where an amount that a customer pays comes from. Amounts are
 * minor units with VAT included; a return has them, and its quantities, negative, and returning a whole
 * sale gives its exact mirror. Throws SALE_EMPTY, QUANTITY_INVALID, PRICE_INVALID, PRICE_MISSING and
 * OVERRIDE_REASON_MISSING (with `details.line`, from 0), CURRENCY_UNKNOWN and VAT_RATE_UNKNOWN.
 */
export function priceSale(sale: SaleInput): PricedSale {
  if (sale.lines.length === 0) throw new ButikError('SALE_EMPTY');
  minorDigits(sale.currency);
  const lines = sale.lines.map((line, index) => priceLine(sale, line, index));
  const totalMinor = lines.reduce((sum, line) => sum + line.amountMinor, 0);
  const settled = sale.cash
    ? roundCash(totalMinor, sale.currency)
    : { payableMinor: totalMinor, roundingMinor: 0 };
  return {
    lines,
    vat: vatBreakdown(lines.map(({ amountMinor, rateBp }) => ({ grossMinor: amountMinor, rateBp }))),
    totalMinor,
    ...settled,
  };
}

function priceLine(
  { kind, country, businessDay }: SaleInput,
  line: SaleLineInput,
  index: number,
): PricedLine {
  const { productId, code, name, unit, quantity, listPriceMinor, override, vatCategory } = line;
  const details = { line: index, productId, code };
  if (!Number.isSafeInteger(quantity) || quantity <= 0) {
    throw new ButikError('QUANTITY_INVALID', { details: { ...details, quantity } });
  }
  const unitPriceMinor = override?.unitPriceMinor ?? listPriceMinor;
  if (unitPriceMinor === null) throw new ButikError('PRICE_MISSING', { details });
  if (!isPrice(unitPriceMinor) || !isPrice(listPriceMinor ?? 0)) {
    throw new ButikError('PRICE_INVALID', { details: { ...details, unitPriceMinor, listPriceMinor } });
  }
  const magnitude = lineAmount(unitPriceMinor, quantity, unit);
  if (magnitude === null) {
    throw new ButikError('PRICE_INVALID', {
      message: 'Price times quantity is more than a sale line can hold.',
      details: { ...details, unitPriceMinor, quantity },
    });
  }
  const overrideReason = override?.reason.trim();
  if (overrideReason === '') throw new ButikError('OVERRIDE_REASON_MISSING', { details });
  const signed = (value: number) => (kind === 'return' ? 0 - value : value);
  return {
    productId,
    code,
    name,
    unit,
    quantity: signed(quantity),
    listPriceMinor,
    unitPriceMinor,
    ...(overrideReason !== undefined && { overrideReason }),
    vatCategory,
    rateBp: vatRate(country, vatCategory, businessDay),
    amountMinor: signed(magnitude),
  };
}

/** Null where the amount is beyond the largest that a line may have. */
function lineAmount(unitPriceMinor: number, quantity: number, unit: Unit): number | null {
  const product = BigInt(unitPriceMinor) * BigInt(quantity);
  const amount = unit === 'gram' ? divideRounded(product, GRAMS_PER_KILOGRAM) : Number(product);
  return amount <= MAX_LINE_AMOUNT_MINOR ? amount : null;
}

function isPrice(minor: number): boolean {
  return Number.isSafeInteger(minor) && minor >= 0;
}
