import { getProduct } from './get-product.ts';
import { onChanged } from './on-changed.ts';
import type { Product } from './product.ts';
import type { ProductContext } from './product-context.ts';
import { writeProducts } from './write-products.ts';

/**
 * Takes a product out of the range: shops still know it, since receipts and stock name it, but no longer
 * offer it. Doing it again changes nothing. Throws PRODUCT_NOT_FOUND.
 */
export async function retireProduct(
  context: ProductContext,
  productId: string,
  by: string,
): Promise<Product> {
  return await onChanged(async () => {
    const before = await getProduct(context, productId);
    if (!before.active) return before;
    const now = context.kernel.clock.now();
    const product = { ...before, active: false, version: before.version + 1, updatedAt: now };
    const write = { expectedVersion: before.version, product, action: 'retired', change: { active: false } };
    await writeProducts(context, [write], { by });
    return product;
  });
}
