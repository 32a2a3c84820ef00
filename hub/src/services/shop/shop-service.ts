import { ShopServiceDefinition } from '@butik/proto/gen/butik/shop/v1/shop';
import { startOutboxRelay } from '../../kernel/outbox/start-outbox-relay.ts';
import type { Service } from '../../kernel/service.ts';
import { shopRoutes } from './routes.ts';
import { shopHandlers } from './rpc.ts';
import { shopSchema } from './schema.ts';
import type { ShopContext } from './shop-context.ts';

/** The shops, and the boxes that may speak for them. */
export const shopService: Service = {
  name: 'shop',
  needs: ['documents', 'bus'],
  calls: [],
  consumes: [],
  async start(kernel) {
    const table = await kernel.documents.openTable({ name: 'shops', schema: shopSchema });
    const relay = startOutboxRelay({ table, bus: kernel.bus, logger: kernel.logger });
    const context: ShopContext = { table, kernel, wake: relay.wake };
    return {
      rpc: { definition: ShopServiceDefinition, handlers: shopHandlers(context) },
      routes: shopRoutes(context),
      subscriptions: [],
      backlog: relay.backlog,
      idle: relay.idle,
      close: relay.close,
    };
  },
};
