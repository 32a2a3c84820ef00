import type { Table } from 'dynamodb-onetable';
import type { SearchIndex } from '../../kernel/search/search.ts';
import type { Kernel } from '../../kernel/service.ts';
import type { Product } from './product.ts';
import type { productSchema } from './schema.ts';

export type ProductTable = Table<typeof productSchema>;

/** What the operations of this service work with. */
export interface ProductContext {
  table: ProductTable;
  kernel: Kernel;
  /** The products by their words, kept from the service's own events. */
  search: SearchIndex;
  /** Tells the outbox relay that there is something to publish. */
  wake(): void;
}

type StoredProduct = NonNullable<Awaited<ReturnType<ReturnType<typeof getProductModel>['get']>>>;

function getProductModel(table: ProductTable) {
  return table.getModel('Product');
}

/** A product item as the service sees it: what is absent in the item is null. */
export function fromStored(item: StoredProduct): Product {
  return {
    productId: item.productId,
    code: item.code,
    name: item.name,
    description: item.description ?? null,
    unit: item.unit,
    vatCategory: item.vatCategory,
    category: item.category ?? null,
    tags: item.tags,
    attributes: item.attributes,
    active: item.active,
    chainPrices: item.chainPrices,
    version: item.version,
    createdAt: item.createdAt,
    updatedAt: item.updatedAt,
  };
}
