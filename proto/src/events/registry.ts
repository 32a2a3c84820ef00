import type { EventDefinition } from './cloud-event.ts';
import { stockUpdated } from './inventory.ts';
import { orderCancelled, orderCompleted, orderCreated } from './order.ts';
import { catalogueChanged } from './product.ts';
import { nodeEnrolled, nodeFenced, shopChanged } from './shop.ts';

/** Every event on the hub's bus. */
export const EVENTS: readonly EventDefinition[] = [
  catalogueChanged,
  shopChanged,
  nodeEnrolled,
  nodeFenced,
  orderCreated,
  orderCompleted,
  orderCancelled,
  stockUpdated,
];
