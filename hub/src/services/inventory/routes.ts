import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { pageQuerySchema, pageSchema } from '../pages.ts';
import { getInventory, inventoryViewSchema, levelSchema, listLevels } from './get-inventory.ts';
import type { InventoryContext } from './inventory-context.ts';

const READ = { permission: 'stock:read' } as const;

export function inventoryRoutes(context: InventoryContext): FastifyPluginAsync {
  return async (fastify) => {
    const app = fastify.withTypeProvider<ZodTypeProvider>();

    app.get(
      '/inventory/:shopId',
      {
        config: READ,
        schema: {
          params: z.object({ shopId: z.uuid() }),
          querystring: pageQuerySchema,
          response: { 200: pageSchema(levelSchema) },
        },
      },
      async (request) => await listLevels(context, request.params.shopId, request.query),
    );
    app.get(
      '/inventory/:shopId/:productId',
      {
        config: READ,
        schema: {
          params: z.object({ shopId: z.uuid(), productId: z.uuid() }),
          querystring: pageQuerySchema,
          response: { 200: inventoryViewSchema },
        },
      },
      async (request) => {
        const { shopId, productId } = request.params;
        return await getInventory(context, shopId, productId, request.query);
      },
    );
  };
}
