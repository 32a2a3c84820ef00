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
 * now. Throws RETURN_EXCEEDS_SALE when more of a product comes back, with earlier returns, than was sold.
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
    const asked = new Map<string, number>();
    return lines.map((line, index) => {
      const sold = soldLines(original, line, find);
      const [first] = sold;
      if (first === undefined) throw exceeds(line.code ?? line.productId, index, 0);
      const already = returnedOf.get(original.saleId, first.productId) ?? 0;
      const before = asked.get(first.productId) ?? 0;
      const returnable = sold.reduce((sum, { quantity }) => sum + quantity, 0) - already - before;
      if (line.quantity > returnable) throw exceeds(first.code, index, returnable);
      asked.set(first.productId, before + line.quantity);
      const cost = costOf.get(original.saleId, first.productId);
      return {
        ...asSold(first, shop, index),
        quantity: line.quantity,
        ...overrideOf(line, shop, index),
        unitCostMinor: cost === undefined ? null : unitCostOf(cost.quantity, cost.costMinor, first.unit),
      };
    });
  };
}

function soldLines(original: Sale, line: LineInput, find: ProductFinder): SaleLine[] {
  const productId = line.productId ?? find.byCode(line.code ?? '')?.productId;
  return original.lines.filter((sold) => sold.productId === productId || sold.code === line.code);
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
