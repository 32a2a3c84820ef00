import type { SaleLineInput } from '@butik/domain/sale/price-sale';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { SaleLine } from '@butik/proto/facts/sale-recorded';
import type { Database } from 'better-sqlite3';
import type { CurrentShop } from '../catalogue/current-shop.ts';
import type { ProductFinder } from '../catalogue/find-product.ts';
import { unitCostOf } from '../stock/cost.ts';
import { asVatCategory, overrideOf } from './resolve-lines.ts';
import type { LineInput, Sale } from './sale.ts';

export interface ReturnLine extends SaleLineInput {
  /** What the goods had cost when they were sold; null when that was not known. */
  unitCostMinor: number | null;
}

export type ReturnLines = (original: Sale, lines: readonly LineInput[], shop: CurrentShop) => ReturnLine[];

/**
 * Lines of a return at the prices of the sale that the goods come from, whatever the catalogue says by
 * now. A product that was sold on several lines comes back from them in their order, on a line for each,
 * so that no more is paid back than was paid. Throws RETURN_EXCEEDS_SALE when more of a product comes
 * back, with earlier returns, than was sold, and RETURN_PRICE_EXCEEDS_SALE for an override above its price.
 */
export function createReturnLines(context: { db: Database; find: ProductFinder }): ReturnLines {
  const { db, find } = context;
  const returnedOf = db
    .prepare<[string, string], number>(
      `SELECT coalesce(sum(-line.quantity), 0) FROM sales
       JOIN sale_lines AS line ON line.sale_id = sales.sale_id
       WHERE sales.original_sale_id = ? AND line.product_id = ?`,
    )
    .pluck();
  const costOf = db.prepare<[string, string], { quantity: number; costMinor: number | null }>(
    `SELECT -sum(quantity) AS quantity, CASE WHEN count(*) = count(cost_minor) THEN -sum(cost_minor) END AS costMinor
     FROM stock_movements WHERE cause_id = ? AND product_id = ?`,
  );

  return (original, lines, shop) => {
    const products = new Map<string, { left: Part[]; unitCostMinor: number | null }>();

    function productOf(productId: string) {
      let product = products.get(productId);
      if (product === undefined) {
        const left = original.lines
          .filter((sold) => sold.productId === productId)
          .map((sold) => ({ sold, quantity: sold.quantity }));
        // Each return takes from the lines in their order, so the sum of the earlier ones tells what is left.
        takeFrom(left, returnedOf.get(original.saleId, productId) ?? 0);
        const cost = costOf.get(original.saleId, productId);
        const unit = left[0]?.sold.unit ?? 'piece';
        const unitCostMinor = cost === undefined ? null : unitCostOf(cost.quantity, cost.costMinor, unit);
        product = { left, unitCostMinor };
        products.set(productId, product);
      }
      return product;
    }

    return lines.flatMap((line, index) => {
      const { quantity } = line;
      const productId = soldProduct(original, line, find);
      if (productId === undefined) throw exceeds(line.code ?? line.productId, index, 0);
      if (!Number.isSafeInteger(quantity) || quantity <= 0) {
        throw new ButikError('QUANTITY_INVALID', { details: { line: index, productId, quantity } });
      }
      const { left, unitCostMinor } = productOf(productId);
      const returnable = left.reduce((sum, part) => sum + part.quantity, 0);
      if (quantity > returnable) throw exceeds(left[0]?.sold.code, index, returnable);
      const override = overrideOf(line, shop, index);
      return takeFrom(left, quantity).map((part) => {
        refuseAbovePaid(part.sold, override, index);
        return { ...asSold(part.sold, shop, index), quantity: part.quantity, ...override, unitCostMinor };
      });
    });
  };
}

/** A quantity of one line of the sale. */
interface Part {
  sold: SaleLine;
  quantity: number;
}

/** Takes a quantity from the parts in their order and returns what was taken of each. */
function takeFrom(left: readonly Part[], quantity: number): Part[] {
  const taken: Part[] = [];
  let missing = quantity;
  for (const part of left) {
    const count = Math.min(part.quantity, missing);
    if (count === 0) continue;
    part.quantity -= count;
    missing -= count;
    taken.push({ sold: part.sold, quantity: count });
  }
  return taken;
}

/** The product of the sale that the line names; a code may have become another product's since. */
function soldProduct(original: Sale, line: LineInput, find: ProductFinder): string | undefined {
  const { productId, code = '' } = line;
  const named =
    productId ?? original.lines.find((sold) => sold.code === code)?.productId ?? find.byCode(code)?.productId;
  return original.lines.find((sold) => sold.productId === named)?.productId;
}

function refuseAbovePaid(sold: SaleLine, { override }: Pick<SaleLineInput, 'override'>, line: number): void {
  if (override === undefined || override.unitPriceMinor <= sold.unitPriceMinor) return;
  throw new ButikError('RETURN_PRICE_EXCEEDS_SALE', {
    details: { line, code: sold.code, soldUnitPriceMinor: sold.unitPriceMinor },
  });
}

function asSold(sold: SaleLine, shop: CurrentShop, index: number): Omit<SaleLineInput, 'quantity'> {
  const { productId, code, name, unit, listPriceMinor, unitPriceMinor, overrideReason } = sold;
  return {
    productId,
    code,
    name,
    unit,
    listPriceMinor,
    ...(overrideReason !== undefined && { override: { unitPriceMinor, reason: overrideReason } }),
    vatCategory: asVatCategory(sold.vatCategory, shop.country, index),
  };
}

function exceeds(code: string | undefined, line: number, returnable: number): ButikError {
  return new ButikError('RETURN_EXCEEDS_SALE', { details: { line, code, returnable } });
}
