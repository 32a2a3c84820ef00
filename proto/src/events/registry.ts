import type { EventDefinition } from './cloud-event.ts';
import { inventoryReleased, inventoryReserved, lowStockAlert, stockUpdated } from './inventory.ts';
import { orderCancelled, orderCompleted, orderConfirmed, orderCreated } from './order.ts';
import { paymentFailed, paymentProcessed, refundProcessed } from './payment.ts';
import { catalogueChanged } from './product.ts';
import { nodeEnrolled, nodeFenced, shopChanged } from './shop.ts';

/** Every event on the hub's bus. */
export const EVENTS: readonly EventDefinition[] = [
  catalogueChanged,
  shopChanged,
  nodeEnrolled,
  nodeFenced,
  orderCreated,
  orderConfirmed,
  orderCompleted,
  orderCancelled,
  stockUpdated,
  inventoryReserved,
  inventoryReleased,
  lowStockAlert,
  paymentProcessed,
  paymentFailed,
  refundProcessed,
];
