import { ButikError } from '@butik/proto/errors/butik-error';
import type { ProductServiceDefinition } from '@butik/proto/gen/butik/product/v1/product';
import type { ShopServiceDefinition } from '@butik/proto/gen/butik/shop/v1/shop';
import type { RpcHandlers } from '@butik/proto/rpc/rpc';

/** Products at the prices that a test has set, in Swedish kronor. */
export function catalogueHandlers({
  prices,
  retired,
}: {
  prices: ReadonlyMap<string, number>;
  retired: ReadonlySet<string>;
}): RpcHandlers<ProductServiceDefinition> {
  return {
    async getProduct() {
      throw new ButikError('PRODUCT_NOT_FOUND');
    },
    async quoteProducts({ productIds }) {
      const products = productIds.map((productId) => {
        const amountMinor = prices.get(productId);
        if (amountMinor === undefined) throw new ButikError('PRODUCT_NOT_FOUND', { details: { productId } });
        const active = !retired.has(productId);
        const product = { productId, code: '1', name: 'Kaffe', unit: 'piece', vatCategory: 'food', active };
        return { product, amountMinor, currency: 'SEK' };
      });
      return { products };
    },
  };
}

/** Any shop, in Sweden. */
export function shopHandlers(): RpcHandlers<ShopServiceDefinition> {
  const none = async () => {
    throw new ButikError('SHOP_NOT_FOUND');
  };
  return {
    getStoreInfo: async ({ shopId }) => ({
      shopId,
      name: 'Söder',
      currency: 'SEK',
      country: 'SE',
      timeZone: 'Europe/Stockholm',
      fiscalMode: 'exempt-unmanned',
      groupIds: [],
    }),
    enrolNode: none,
    getNode: none,
    fenceNode: none,
  };
}
