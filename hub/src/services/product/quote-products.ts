import { type DatedPrice, priceAt } from '@butik/domain/prices/price-at';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { ProductQuote, QuoteProductsRequest } from '@butik/proto/gen/butik/product/v1/product';
import type { Product } from './product.ts';
import { fromStored, type ProductContext } from './product-context.ts';

const MAX_PRODUCTS = 200;
/** As many as a shop can have. */
const MAX_GROUPS = 50;
/** What one BatchGetItem takes. */
const BATCH = 100;
/** How often DynamoDB may leave keys of a batch for the next one. */
const MAX_BATCH_ROUNDS = 10;
/** Queries for a shop's own prices that are on their way at once. */
const MAX_PARALLEL = 32;
const PRICE_PAGE = 20;

/**
 * What each product is and costs in a shop at an instant, in the order they were asked for: the shop's own price
 * before one of its groups, in the order of `groupIds`, before the chain's. Throws PRODUCT_NOT_FOUND for the first
 * that is not there, REQUEST_INVALID for more than 200 products, more than 50 groups or no instant.
 */
export async function quoteProducts(
  context: ProductContext,
  { shopId, groupIds, productIds, at }: QuoteProductsRequest,
): Promise<ProductQuote[]> {
  check({ groupIds, productIds, at });
  const instant = new Date(at).toISOString();
  const products = await readProducts(context, [...new Set(productIds)]);
  const scopes = [...(shopId === '' ? [] : [`shop:${shopId}`]), ...groupIds.map((id) => `group:${id}`)];
  const wanted = [...products.values()].flatMap((product) => scopes.map((scope) => ({ product, scope })));
  const prices = new Map(
    [...products.keys()].map((id): [string, DatedPrice[]] => [id, chainPricesOf(products, id)]),
  );
  const queue = wanted.values();
  const readers = Array.from({ length: Math.min(MAX_PARALLEL, wanted.length) }, async () => {
    for (const { product, scope } of queue) {
      const own = await readScopedPrice(context, product.productId, scope, instant);
      if (own) prices.get(product.productId)!.push(own);
    }
  });
  await Promise.all(readers);
  return productIds.map((id) => {
    const { productId, code, name, unit, vatCategory, active } = products.get(id)!;
    const price = priceAt(prices.get(id)!, instant, [...scopes, 'chain']);
    return {
      product: { productId, code, name, unit, vatCategory, active },
      ...(price && { amountMinor: price.amountMinor }),
      currency: price?.currency ?? '',
    };
  });
}

async function readProducts({ table }: ProductContext, ids: string[]): Promise<Map<string, Product>> {
  const found = new Map<string, Product>();
  for (let start = 0; start < ids.length; start += BATCH) {
    let missing = ids.slice(start, start + BATCH);
    for (let round = 0; round < MAX_BATCH_ROUNDS && missing.length > 0; round++) {
      const batch = {};
      for (const productId of missing) await table.getModel('Product').get({ productId }, { batch });
      const items = (await table.batchGet(batch, { parse: true, consistent: true })) as StoredProduct[];
      for (const item of items) found.set(item.productId, fromStored(item));
      missing = missing.filter((id) => !found.has(id));
      if (items.length === 0) break;
    }
  }
  for (const productId of ids) {
    if (!found.has(productId)) throw new ButikError('PRODUCT_NOT_FOUND', { details: { productId } });
  }
  return found;
}
type StoredProduct = Parameters<typeof fromStored>[0];

function chainPricesOf(products: ReadonlyMap<string, Product>, productId: string): DatedPrice[] {
  const { chainPrices } = products.get(productId)!;
  return chainPrices.map((price) => ({ ...price, scope: 'chain', validTo: price.validTo ?? null }));
}

/** The price of one scope that began last of those that hold at the instant. */
async function readScopedPrice(
  { table }: ProductContext,
  productId: string,
  scope: string,
  at: string,
): Promise<DatedPrice | null> {
  const begun: [string, string] = [`price#${scope}#`, `price#${scope}#${at}`];
  let next: object | undefined;
  do {
    const page = await table
      .getModel('Price')
      .find(
        { productId, sk: { between: begun } },
        { reverse: true, limit: PRICE_PAGE, maxPages: 1, consistent: true, ...(next && { next }) },
      );
    const prices = page.map((price) => ({ ...price, validTo: price.validTo ?? null }));
    const holds = priceAt(prices, at, [scope]);
    if (holds) return holds;
    next = page.next;
  } while (next);
  return null;
}

function check({
  productIds,
  groupIds,
  at,
}: Pick<QuoteProductsRequest, 'productIds' | 'groupIds' | 'at'>): void {
  const fields = [
    ...(productIds.length > MAX_PRODUCTS
      ? [{ path: 'productIds', message: `At most ${MAX_PRODUCTS}.` }]
      : []),
    ...(groupIds.length > MAX_GROUPS ? [{ path: 'groupIds', message: `At most ${MAX_GROUPS}.` }] : []),
    ...(Number.isNaN(Date.parse(at)) ? [{ path: 'at', message: 'Send an instant in ISO 8601.' }] : []),
  ];
  if (fields.length > 0) throw new ButikError('REQUEST_INVALID', { details: { fields } });
}
