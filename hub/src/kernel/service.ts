import type { InventoryServiceDefinition } from '@butik/proto/gen/butik/inventory/v1/inventory';
import type { OrderServiceDefinition } from '@butik/proto/gen/butik/order/v1/order';
import type { PaymentServiceDefinition } from '@butik/proto/gen/butik/payment/v1/payment';
import type { ProductServiceDefinition } from '@butik/proto/gen/butik/product/v1/product';
import type { ShopServiceDefinition } from '@butik/proto/gen/butik/shop/v1/shop';
import type { RpcClient, RpcDefinition, RpcHandlers } from '@butik/proto/rpc/rpc';
import type { FastifyPluginAsync } from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { HubConfig } from '../config/config.ts';
import type { Bus, Subscription } from './bus/bus.ts';
import type { Cache } from './cache/cache.ts';
import type { Clock } from './clock.ts';
import type { Documents } from './documents/documents.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { Messages } from './messages/messages.ts';
import type { Objects } from './objects/objects.ts';
import type { OutboxBacklog } from './outbox/measure-backlog.ts';
import type { Search } from './search/search.ts';
import type { Sql } from './sql/sql.ts';

/** The engines that a service may stand on. */
export interface Ports {
  documents: Documents;
  sql: Sql;
  bus: Bus;
  cache: Cache;
  jobs: Jobs;
  search: Search;
  objects: Objects;
  messages: Messages;
}
export type PortName = keyof Ports;

/**
 * What every service stands on. The composition root builds it; a service finds the ports that it says it needs,
 * and any other one throws.
 */
export interface Kernel extends Ports {
  /** Where metrics are registered; `/metrics` shows them. */
  metrics: Registry;
  clock: Clock;
  /** A fresh UUIDv7. */
  newId(): string;
  logger: Logger;
  /** Folder for files of this process, such as spooled uploads. */
  dataFolder: string;
  /** The settings of this process. */
  config: HubConfig;
}

/** Typed clients of the services that others call; in process or over gRPC, the service cannot tell. */
export interface ServiceClients {
  product: RpcClient<ProductServiceDefinition>;
  shop: RpcClient<ShopServiceDefinition>;
  inventory: RpcClient<InventoryServiceDefinition>;
  order: RpcClient<OrderServiceDefinition>;
  payment: RpcClient<PaymentServiceDefinition>;
}

/** A started service: what it answers and listens to. */
export interface ServiceInstance {
  rpc?: { definition: RpcDefinition; handlers: RpcHandlers<RpcDefinition> };
  /** Routes without prefix; the hub serves them under `/v1` and bare. */
  routes: FastifyPluginAsync;
  subscriptions: Subscription[];
  /** What waits in its outbox. */
  backlog?(): Promise<OutboxBacklog>;
  /** Resolves when the service's outbox is empty and no job of it runs. */
  idle(): Promise<void>;
  /** Ends timers, relays and running work of this service. */
  close(): Promise<void>;
}

/** One line in the registry. `start` makes the tables, relays its outbox and returns what it answers. */
export interface Service {
  name: string;
  /** Only these are opened, where a process runs some of the services. */
  needs: readonly PortName[];
  /** Services whose clients it uses; where they run apart, their addresses must be known. */
  calls: readonly (keyof ServiceClients)[];
  /**
   * What its subscriptions take, said beforehand: a broker keeps events for a service that is not running, and for one
   * that has never run yet.
   */
  consumes: readonly { consumer: string; types: readonly string[] }[];
  start(kernel: Kernel, clients: ServiceClients): Promise<ServiceInstance>;
}
