import { ButikError } from '@butik/proto/errors/butik-error';
import type { z } from 'zod';
import { getProduct } from './get-product.ts';
import { type Product, productContentSchema } from './product.ts';
import type { ProductContext } from './product-context.ts';
import { writeProducts } from './write-products.ts';

/** The whole new content; what is left out takes its default. The code is the product's for life. */
export const updateProductSchema = productContentSchema;
export type UpdateProduct = z.output<typeof updateProductSchema>;

/** Replaces a product's content. Throws PRODUCT_NOT_FOUND, PRODUCT_CHANGED when `version` is not the latest. */
export async function updateProduct(
  context: ProductContext,
  productId: string,
  content: UpdateProduct,
  { version, by }: { version: number; by: string },
): Promise<Product> {
  const before = await getProduct(context, productId);
  if (before.version !== version) {
    throw new ButikError('PRODUCT_CHANGED', { details: { productId, version: before.version } });
  }
  const product = { ...before, ...content, version: version + 1, updatedAt: context.kernel.clock.now() };
  const write = { expectedVersion: version, product, action: 'changed', change: content };
  await writeProducts(context, [write], { by });
  return product;
}
