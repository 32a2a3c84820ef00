import { type PricedSale, priceSale } from '@butik/domain/sale/price-sale';
import { businessDay } from '@butik/domain/shops/business-day';
import type { VatCategory } from '@butik/domain/vat/rates';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { OrderContext } from './order-context.ts';

const CALL = { timeoutMs: 3_000 };

export interface QuotedOrder extends PricedSale {
  currency: string;
  businessDay: string;
}

/**
 * What the goods cost in the shop at this moment. Throws SHOP_NOT_FOUND, PRODUCT_NOT_FOUND, PRODUCT_NOT_FOR_SALE,
 * what `priceSale` throws, and SERVICE_UNAVAILABLE or DEADLINE_EXCEEDED where shop or product do not answer.
 */
export async function quoteOrder(
  { clients, kernel }: Pick<OrderContext, 'clients' | 'kernel'>,
  { shopId, items }: { shopId: string; items: readonly { productId: string; quantity: number }[] },
): Promise<QuotedOrder> {
  const nowMs = kernel.clock.now();
  const { currency, country, timeZone, groupIds } = await clients.shop.getStoreInfo({ shopId }, CALL);
  const at = new Date(nowMs).toISOString();
  const productIds = items.map(({ productId }) => productId);
  const { products } = await clients.product.quoteProducts({ shopId, groupIds, productIds, at }, CALL);
  const lines = items.map(({ productId, quantity }, line) => {
    const { product, amountMinor, ...quote } = products[line]!;
    if (!product?.active) throw new ButikError('PRODUCT_NOT_FOR_SALE', { details: { line, productId } });
    return {
      productId,
      quantity,
      code: product.code,
      name: product.name,
      unit: product.unit as 'piece' | 'gram',
      vatCategory: product.vatCategory as VatCategory,
      // A price in another currency than the shop's is none here.
      listPriceMinor: quote.currency === currency ? (amountMinor ?? null) : null,
    };
  });
  const day = businessDay(nowMs, timeZone);
  const priced = priceSale({ kind: 'sale', currency, country, businessDay: day, lines, cash: false });
  return { ...priced, currency, businessDay: day };
}
