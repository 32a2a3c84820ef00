import type { Service } from '../kernel/service.ts';
import { inventoryService } from './inventory/inventory-service.ts';
import { orderService } from './order/order-service.ts';
import { productService } from './product/product-service.ts';
import { shopService } from './shop/shop-service.ts';

/** Every service of the hub. A new one is a folder and a line here. */
export const SERVICES: readonly Service[] = [productService, shopService, inventoryService, orderService];
