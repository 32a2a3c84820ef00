import { InventoryServiceDefinition } from '@butik/proto/gen/butik/inventory/v1/inventory';
import { startOutboxRelay } from '../../kernel/outbox/start-outbox-relay.ts';
import type { Service } from '../../kernel/service.ts';
import { movedLevels } from './check-low-stock.ts';
import type { InventoryContext } from './inventory-context.ts';
import { cancelledOrders } from './release-cancelled-order.ts';
import { inventoryRoutes } from './routes.ts';
import { inventoryHandlers } from './rpc.ts';
import { inventorySchema } from './schema.ts';

/** What lies in each shop, and how much of it may be sold online. */
export const inventoryService: Service = {
  name: 'inventory',
  needs: ['documents', 'bus'],
  calls: [],
  consumes: [
    { consumer: 'inventory', types: ['OrderCancelled'] },
    { consumer: 'inventory-low-stock', types: ['StockUpdated'] },
  ],
  async start(kernel) {
    const table = await kernel.documents.openTable({ name: 'inventory', schema: inventorySchema });
    const relay = startOutboxRelay({ table, bus: kernel.bus, logger: kernel.logger });
    const context: InventoryContext = { table, kernel, wake: relay.wake };
    return {
      rpc: { definition: InventoryServiceDefinition, handlers: inventoryHandlers(context) },
      routes: inventoryRoutes(context),
      subscriptions: [cancelledOrders(context), movedLevels(context)],
      backlog: relay.backlog,
      async idle() {
        await relay.idle();
        // The service takes its own StockUpdated, and an alert may follow.
        await relay.idle();
      },
      close: relay.close,
    };
  },
};
