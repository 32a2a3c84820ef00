import { OrderServiceDefinition } from '@butik/proto/gen/butik/order/v1/order';
import type { RpcHandlers } from '@butik/proto/rpc/rpc';
import { startOutboxRelay } from '../../kernel/outbox/start-outbox-relay.ts';
import type { Service } from '../../kernel/service.ts';
import type { OrderContext } from './order-context.ts';
import { recordSale } from './record-sale.ts';
import { orderRoutes } from './routes.ts';
import { orderSchema } from './schema.ts';

/** What was sold, in every shop. */
export const orderService: Service = {
  name: 'order',
  async start(kernel) {
    const table = await kernel.documents.openTable({ name: 'orders', schema: orderSchema });
    const relay = startOutboxRelay({ table, bus: kernel.bus, logger: kernel.logger });
    const context: OrderContext = { table, kernel, wake: relay.wake };
    const handlers: RpcHandlers<OrderServiceDefinition> = {
      recordSale: async ({ fact }) => await recordSale(context, fact),
    };
    return {
      rpc: { definition: OrderServiceDefinition, handlers },
      routes: orderRoutes(context),
      subscriptions: [],
      idle: relay.idle,
      close: relay.close,
    };
  },
};
