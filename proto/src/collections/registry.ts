import type { Collection } from './define-collection.ts';
import { prices } from './prices.ts';
import { products } from './products.ts';
import { shops } from './shops.ts';

/** Everything that flows from the hub down to the shops. A new collection is a file and a line here. */
export const COLLECTIONS: readonly Collection[] = [products, prices, shops];
