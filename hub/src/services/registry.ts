import type { Service } from '../kernel/service.ts';
import { inventoryService } from './inventory/inventory-service.ts';
import { notificationService } from './notification/notification-service.ts';
import { orderService } from './order/order-service.ts';
import { paymentService } from './payment/payment-service.ts';
import { productService } from './product/product-service.ts';
import { shopService } from './shop/shop-service.ts';

/** Every service of the hub, callers after those they call: they end first. A new one is a folder and a line here. */
export const SERVICES: readonly Service[] = [
  productService,
  shopService,
  inventoryService,
  paymentService,
  orderService,
  notificationService,
];
