import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';
import { withPrice } from './chain-prices.ts';
import { getProduct } from './get-product.ts';
import { basePriceSchema, type Price, type Product, productContentSchema } from './product.ts';
import { parseProductCode } from './product-code.ts';
import type { ProductContext } from './product-context.ts';
import { writeProducts } from './write-products.ts';

export const createProductSchema = productContentSchema.extend({
  /** Chosen by the caller, so that a repeated request makes one product; made here otherwise. */
  productId: z.uuid().optional(),
  code: z.string().max(60),
  /** The chain's price from now on. */
  basePrice: basePriceSchema.optional(),
});
export type CreateProduct = z.output<typeof createProductSchema>;

/**
 * Makes a product, with a price when one is given. The same request again, with the same `productId`,
 * answers with what is there. Throws CODE_INVALID, PRODUCT_EXISTS.
 */
export async function createProduct(
  context: ProductContext,
  request: CreateProduct,
  by: string,
): Promise<{ product: Product; made: boolean }> {
  const { productId = context.kernel.newId(), code: givenCode, basePrice, ...content } = request;
  const now = context.kernel.clock.now();
  const at = new Date(now).toISOString();
  const price: Price | undefined = basePrice && {
    ...basePrice,
    scope: 'chain',
    validFrom: at,
    validTo: null,
  };
  const product: Product = {
    ...content,
    productId,
    code: parseProductCode(givenCode),
    chainPrices: price ? withPrice([], { ...basePrice!, validFrom: at }, at) : [],
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  try {
    const write = {
      expectedVersion: null,
      product,
      ...(price && { price }),
      action: 'created',
      change: request,
    };
    await writeProducts(context, [write], { by });
    return { product, made: true };
  } catch (error) {
    if (!(error instanceof ButikError) || error.code !== 'PRODUCT_EXISTS') throw error;
    if (error.details.productId !== request.productId) throw error;
    const there = await getProduct(context, productId);
    if (!isSame(there, product)) throw error;
    return { product: there, made: false };
  }
}

function isSame(a: Product, b: Product): boolean {
  const content = (product: Product) =>
    JSON.stringify([product.code, productContentSchema.strip().parse(product)]);
  return content(a) === content(b);
}
