import { ButikError } from '@butik/proto/errors/butik-error';
import type { Product } from './product.ts';
import { codeKey } from './product-code.ts';
import { fromStored, type ProductContext } from './product-context.ts';

/** The product with this id. Throws PRODUCT_NOT_FOUND. */
export async function getProduct({ table }: ProductContext, productId: string): Promise<Product> {
  const item = await table.getModel('Product').get({ productId }, { consistent: true });
  if (!item) throw new ButikError('PRODUCT_NOT_FOUND', { details: { productId } });
  return fromStored(item);
}

/** The product with this code; a GTIN in any of its lengths. Throws PRODUCT_NOT_FOUND. */
export async function getProductByCode(context: ProductContext, code: string): Promise<Product> {
  const taken = await context.table.getModel('Code').get({ key: codeKey(code.trim()) }, { consistent: true });
  if (!taken) throw new ButikError('PRODUCT_NOT_FOUND', { details: { code } });
  return await getProduct(context, taken.productId);
}
