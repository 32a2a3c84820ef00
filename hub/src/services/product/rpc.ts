import { ButikError } from '@butik/proto/errors/butik-error';
import type { ProductServiceDefinition } from '@butik/proto/gen/butik/product/v1/product';
import type { RpcHandlers } from '@butik/proto/rpc/rpc';
import { getProduct, getProductByCode } from './get-product.ts';
import type { ProductContext } from './product-context.ts';
import { quoteProducts } from './quote-products.ts';

/** What other services ask of this one. */
export function productHandlers(context: ProductContext): RpcHandlers<ProductServiceDefinition> {
  return {
    async getProduct({ by }) {
      if (by?.$case === 'productId') return await getProduct(context, by.value);
      if (by?.$case === 'code') return await getProductByCode(context, by.value);
      throw new ButikError('REQUEST_INVALID', {
        details: { fields: [{ path: 'by', message: 'Name a product id or a code.' }] },
      });
    },

    quoteProducts: async (request) => ({ products: await quoteProducts(context, request) }),
  };
}
