import { ButikError } from '@butik/proto/errors/butik-error';
import { InventoryServiceDefinition } from '@butik/proto/gen/butik/inventory/v1/inventory';
import { OrderServiceDefinition } from '@butik/proto/gen/butik/order/v1/order';
import { PaymentServiceDefinition } from '@butik/proto/gen/butik/payment/v1/payment';
import { ProductServiceDefinition } from '@butik/proto/gen/butik/product/v1/product';
import { ShopServiceDefinition } from '@butik/proto/gen/butik/shop/v1/shop';
import { createGrpcClient } from '@butik/proto/rpc/grpc-client';
import { createInProcessClient } from '@butik/proto/rpc/in-process-client';
import type { RpcClient, RpcDefinition, RpcHandlers } from '@butik/proto/rpc/rpc';
import type { ChannelCredentials } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import type { Guard } from './kernel/resilience/guard.ts';
import type { ServiceClients } from './kernel/service.ts';

type ServiceName = keyof ServiceClients;

const DEFINITIONS = {
  product: ProductServiceDefinition,
  shop: ShopServiceDefinition,
  inventory: InventoryServiceDefinition,
  order: OrderServiceDefinition,
  payment: PaymentServiceDefinition,
} as const satisfies Record<ServiceName, RpcDefinition>;

export interface ClientsOptions {
  /** `host:port` of the services that run in other processes. */
  addresses: Readonly<Partial<Record<ServiceName, string>>>;
  credentials?: ChannelCredentials;
  /** One for each remote service. */
  guardOf(service: string): Guard;
  logger: Logger;
}

export interface ConnectedClients {
  /** The clients as one caller has them: `service:order`. */
  of(caller: string): ServiceClients;
  /** Makes a service of this process callable: before that its clients answer SERVICE_UNAVAILABLE. */
  attach(name: string, rpc: { handlers: RpcHandlers<RpcDefinition> }): void;
  close(): Promise<void>;
}

/**
 * Clients of all services: in process for those that run here, which may start one after the other and call
 * each other in circles, over gRPC for those whose address is known. The caller cannot tell which.
 */
export function connectClients(options: ClientsOptions): ConnectedClients {
  const { addresses, logger } = options;
  const attached = new Map<string, RpcHandlers<RpcDefinition>>();
  const channels: { close(): void }[] = [];
  const guards = new Map<string, Guard>();

  function local<Definition extends RpcDefinition>(name: string, definition: Definition, caller: string) {
    const handlers = Object.fromEntries(
      Object.keys(definition.methods).map((method) => [
        method,
        (request: never, context: never) => {
          const handler = attached.get(name)?.[method];
          if (!handler) throw new ButikError('SERVICE_UNAVAILABLE', { details: { part: name } });
          return handler(request, context);
        },
      ]),
    );
    return createInProcessClient(definition, handlers as unknown as RpcHandlers<Definition>, {
      caller,
      onUnexpectedError: (err, call) =>
        logger.error({ err, method: call.method, caller: call.caller }, 'a call failed unexpectedly'),
    });
  }

  function remote<Definition extends RpcDefinition>(
    name: string,
    definition: Definition,
    caller: string,
    address: string,
  ): RpcClient<Definition> {
    const guard = guards.get(name) ?? options.guardOf(name);
    guards.set(name, guard);
    const { client, close } = createGrpcClient(definition, address, {
      caller,
      ...(options.credentials && { credentials: options.credentials }),
      around: ({ idempotent, timeoutMs, signal }, call) =>
        guard.run(call, { idempotent, timeoutMs, ...(signal && { signal }) }),
    });
    channels.push({ close });
    return client;
  }

  function clientOf<Name extends ServiceName>(name: Name, caller: string) {
    const definition: RpcDefinition = DEFINITIONS[name];
    const address = addresses[name];
    return address === undefined
      ? local(name, definition, caller)
      : remote(name, definition, caller, address);
  }

  return {
    of: (caller) =>
      Object.fromEntries(
        (Object.keys(DEFINITIONS) as ServiceName[]).map((name) => [name, clientOf(name, caller)]),
      ) as unknown as ServiceClients,
    attach: (name, rpc) => void attached.set(name, rpc.handlers),
    async close() {
      for (const channel of channels) channel.close();
    },
  };
}
