import { InventoryServiceDefinition } from '@butik/proto/gen/butik/inventory/v1/inventory';
import type { RpcHandlers } from '@butik/proto/rpc/rpc';
import { startOutboxRelay } from '../../kernel/outbox/start-outbox-relay.ts';
import type { Service } from '../../kernel/service.ts';
import type { InventoryContext } from './inventory-context.ts';
import { recordMovements } from './record-movements.ts';
import { inventoryRoutes } from './routes.ts';
import { inventorySchema } from './schema.ts';

/** What lies in each shop: movements, and the levels they sum to. */
export const inventoryService: Service = {
  name: 'inventory',
  async start(kernel) {
    const table = await kernel.documents.openTable({ name: 'inventory', schema: inventorySchema });
    const relay = startOutboxRelay({ table, bus: kernel.bus, logger: kernel.logger });
    const context: InventoryContext = { table, kernel, wake: relay.wake };
    const handlers: RpcHandlers<InventoryServiceDefinition> = {
      recordMovements: async ({ fact }) => await recordMovements(context, fact),
    };
    return {
      rpc: { definition: InventoryServiceDefinition, handlers },
      routes: inventoryRoutes(context),
      subscriptions: [],
      idle: relay.idle,
      close: relay.close,
    };
  },
};
