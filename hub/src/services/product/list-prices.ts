import { decodeCursor, encodeCursor, type Page, type PageQuery } from '../pages.ts';
import { getProduct } from './get-product.ts';
import type { Price } from './product.ts';
import type { ProductContext } from './product-context.ts';

/** Every price a product has had, has or will have, by scope and then by its beginning. Throws PRODUCT_NOT_FOUND. */
export async function listPrices(
  context: ProductContext,
  productId: string,
  query: PageQuery,
): Promise<Page<Price>> {
  await getProduct(context, productId);
  const next = decodeCursor(query.cursor, { pk: `product#${productId}` });
  const page = await context.table
    .getModel('Price')
    .find(
      { productId, sk: { begins: 'price#' } },
      { limit: query.limit, maxPages: 1, ...(next && { next }) },
    );
  const items = page.map(({ scope, amountMinor, currency, validFrom, validTo }) => ({
    scope,
    amountMinor,
    currency,
    validFrom,
    validTo: validTo ?? null,
  }));
  return { items, next: encodeCursor(page.next) };
}
