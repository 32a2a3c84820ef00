import type { InventoryServiceDefinition } from '@butik/proto/gen/butik/inventory/v1/inventory';
import type { OrderServiceDefinition } from '@butik/proto/gen/butik/order/v1/order';
import type { ProductServiceDefinition } from '@butik/proto/gen/butik/product/v1/product';
import type { ShopServiceDefinition } from '@butik/proto/gen/butik/shop/v1/shop';
import type { RpcClient, RpcDefinition, RpcHandlers } from '@butik/proto/rpc/rpc';
import type { FastifyPluginAsync } from 'fastify';
import type { Logger } from 'pino';
import type { Bus, Subscription } from './bus/bus.ts';
import type { Clock } from './clock.ts';
import type { Documents } from './documents/documents.ts';
import type { Sql } from './sql/sql.ts';

/** What every service stands on. The composition root builds it; services take what they need. */
export interface Kernel {
  documents: Documents;
  sql: Sql;
  bus: Bus;
  clock: Clock;
  /** A fresh UUIDv7. */
  newId(): string;
  logger: Logger;
  /** Folder for files of this process, such as spooled uploads. */
  dataFolder: string;
}

/** Typed clients of the services that others call; in process or over gRPC, the service cannot tell. */
export interface ServiceClients {
  product: RpcClient<ProductServiceDefinition>;
  shop: RpcClient<ShopServiceDefinition>;
  inventory: RpcClient<InventoryServiceDefinition>;
  order: RpcClient<OrderServiceDefinition>;
}

/** A started service: what it answers and listens to. */
export interface ServiceInstance {
  rpc?: { definition: RpcDefinition; handlers: RpcHandlers<RpcDefinition> };
  /** Routes without prefix; the hub serves them under `/v1` and bare. */
  routes: FastifyPluginAsync;
  subscriptions: Subscription[];
  /** Resolves when the service's outbox is empty and no job of it runs. */
  idle(): Promise<void>;
  /** Ends timers, relays and running work of this service. */
  close(): Promise<void>;
}

/** One line in the registry. `start` makes the tables, relays its outbox and returns what it answers. */
export interface Service {
  name: string;
  start(kernel: Kernel, clients: ServiceClients): Promise<ServiceInstance>;
}
