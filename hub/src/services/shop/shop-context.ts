import type { Table } from 'dynamodb-onetable';
import type { Kernel } from '../../kernel/service.ts';
import type { shopSchema } from './schema.ts';
import type { Shop } from './shop.ts';

export type ShopTable = Table<typeof shopSchema>;

/** What the operations of this service work with. */
export interface ShopContext {
  table: ShopTable;
  kernel: Kernel;
  /** Tells the outbox relay that there is something to publish. */
  wake(): void;
}

function shopModel(table: ShopTable) {
  return table.getModel('Shop');
}
type StoredShop = NonNullable<Awaited<ReturnType<ReturnType<typeof shopModel>['get']>>>;

/** A shop item as the service sees it: what is absent in the item is null. */
export function fromStored(item: StoredShop): Shop {
  return {
    shopId: item.shopId,
    name: item.name,
    currency: item.currency,
    country: item.country,
    timeZone: item.timeZone,
    fiscalMode: item.fiscalMode,
    orgNumber: item.orgNumber ?? null,
    address: item.address,
    settings: item.settings,
    environment: item.environment,
    groupIds: item.groupIds,
    nodeId: item.nodeId,
    epoch: item.epoch,
    version: item.version,
    createdAt: item.createdAt,
    updatedAt: item.updatedAt,
  };
}
