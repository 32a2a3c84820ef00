import { ButikError } from '@butik/proto/errors/butik-error';
import { InventoryServiceDefinition } from '@butik/proto/gen/butik/inventory/v1/inventory';
import { OrderServiceDefinition } from '@butik/proto/gen/butik/order/v1/order';
import { ProductServiceDefinition } from '@butik/proto/gen/butik/product/v1/product';
import { ShopServiceDefinition } from '@butik/proto/gen/butik/shop/v1/shop';
import { createInProcessClient } from '@butik/proto/rpc/in-process-client';
import type { RpcClient, RpcDefinition, RpcHandlers } from '@butik/proto/rpc/rpc';
import type { Logger } from 'pino';
import type { ServiceClients } from './kernel/service.ts';

/**
 * Clients of services that are started one after the other in this process: a client exists before
 * its service does, and answers SERVICE_UNAVAILABLE until the service is attached.
 */
export function lazyClients(logger: Logger) {
  const attached = new Map<string, RpcHandlers<RpcDefinition>>();

  function client<Definition extends RpcDefinition>(
    name: string,
    definition: Definition,
  ): RpcClient<Definition> {
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
      onUnexpectedError: (err, { method, caller }) =>
        logger.error({ err, method, caller }, 'a call failed unexpectedly'),
    });
  }

  const clients: ServiceClients = {
    product: client('product', ProductServiceDefinition),
    shop: client('shop', ShopServiceDefinition),
    inventory: client('inventory', InventoryServiceDefinition),
    order: client('order', OrderServiceDefinition),
  };
  return {
    clients,
    attach(name: string, rpc: { handlers: RpcHandlers<RpcDefinition> }) {
      attached.set(name, rpc.handlers);
    },
  };
}
