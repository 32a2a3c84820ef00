import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';
import { withPrice } from './chain-prices.ts';
import { getProduct } from './get-product.ts';
import { onChanged } from './on-changed.ts';
import { type Price, priceSchema } from './product.ts';
import type { ProductContext } from './product-context.ts';
import { writeProducts } from './write-products.ts';

export const setPriceSchema = z.strictObject({
  ...priceSchema.shape,
  scope: priceSchema.shape.scope.default('chain'),
  /** Now, when left out. */
  validFrom: priceSchema.shape.validFrom.optional(),
  /** Exclusive; null for an open end. */
  validTo: priceSchema.shape.validTo.default(null),
});
export type SetPrice = z.output<typeof setPriceSchema>;

/**
 * Sets a dated price. A price of the same scope and beginning is replaced; the others stay, and the one
 * that began last holds. Throws PRODUCT_NOT_FOUND, REQUEST_INVALID when it would end before it begins.
 */
export async function setPrice(
  context: ProductContext,
  productId: string,
  request: SetPrice,
  by: string,
): Promise<Price> {
  const now = context.kernel.clock.now();
  const at = new Date(now).toISOString();
  const price: Price = {
    ...request,
    validFrom: request.validFrom === undefined ? at : new Date(request.validFrom).toISOString(),
    validTo: request.validTo === null ? null : new Date(request.validTo).toISOString(),
  };
  if (price.validTo !== null && price.validTo <= price.validFrom) {
    throw new ButikError('REQUEST_INVALID', {
      details: { fields: [{ path: 'body.validTo', message: 'A price must end after it begins.' }] },
    });
  }
  await onChanged(async () => {
    const before = await getProduct(context, productId);
    const { scope, validTo, ...dated } = price;
    const product = {
      ...before,
      chainPrices:
        scope === 'chain'
          ? withPrice(before.chainPrices, { ...dated, ...(validTo !== null && { validTo }) }, at)
          : before.chainPrices,
      version: before.version + 1,
      updatedAt: now,
    };
    const write = {
      expectedVersion: before.version,
      product,
      price,
      action: 'price-set',
      change: { ...price },
    };
    await writeProducts(context, [write], { by });
  });
  return price;
}
