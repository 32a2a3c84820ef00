import { z } from 'zod';
import { rowSchema } from '../collections/define-collection.ts';
import { prices } from '../collections/prices.ts';
import { products } from '../collections/products.ts';
import { defineEvent } from './cloud-event.ts';

/**
 * Products and prices that were made or changed together, as they are now; `removed…` are gone.
 * One event per transaction of the product service, so that a shop sees them change together.
 */
export const catalogueChanged = defineEvent({
  type: 'CatalogueChanged',
  version: 1,
  data: z.strictObject({
    products: z.array(rowSchema(products)),
    prices: z.array(rowSchema(prices)),
    removedPriceIds: z.array(z.string()),
  }),
});
