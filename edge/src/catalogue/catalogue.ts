import { ButikError } from '@butik/proto/errors/butik-error';
import type { Database } from 'better-sqlite3';
import type { Ports } from '../ports.ts';
import { createPriceReader } from './current-price.ts';
import type { CurrentShop } from './current-shop.ts';
import { createProductFinder, type ProductFinder } from './find-product.ts';
import type { CatalogueProduct, Product } from './product.ts';
import { createSearchIndex } from './search-index.ts';
import { searchProducts } from './search-products.ts';

export interface Catalogue {
  find: ProductFinder;
  /** List price at an instant (ISO 8601), null when none is valid. */
  priceOf(productId: string, shop: CurrentShop, at: string): number | null;
  /** Throws PRODUCT_NOT_FOUND. */
  describe(productId: string): Product;
  search(text: string, limit: number): Promise<Product[]>;
  /** Products in the range. */
  count(): number;
}

/** What the shop sells, read from the replica of the hub's catalogue. */
export function createCatalogue(context: {
  db: Database;
  ports: Ports;
  currentShop: () => CurrentShop;
  onHand: (productId: string) => number;
}): Catalogue {
  const { db, ports, currentShop, onHand } = context;
  const find = createProductFinder(db);
  const priceOf = createPriceReader(db);
  const searchIndex = createSearchIndex(db);
  const count = db.prepare<[], number>('SELECT count(*) FROM products WHERE active = 1').pluck();

  function complete(product: CatalogueProduct): Product {
    const shop = currentShop();
    const now = new Date(ports.clock.now()).toISOString();
    return {
      ...product,
      priceMinor: priceOf(product.productId, shop, now),
      currency: shop.currency,
      onHand: onHand(product.productId),
    };
  }

  return {
    find,
    priceOf,
    describe(productId) {
      const product = find.byId(productId);
      if (product === null) throw new ButikError('PRODUCT_NOT_FOUND', { details: { productId } });
      return complete(product);
    },
    async search(text, limit) {
      const ids = await searchProducts(await searchIndex(), text, limit);
      const products = ids.map((productId) => find.byId(productId));
      return products.filter((product) => product !== null).map(complete);
    },
    count: () => count.get() ?? 0,
  };
}
