import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf } from '../caller.ts';
import { pageQuerySchema, pageSchema } from '../pages.ts';
import { getInventory, inventoryViewSchema, levelSchema, listLevels } from './get-inventory.ts';
import { grantOnlineRights, grantSchema, onlineRightsSchema } from './grant-online-rights.ts';
import type { InventoryContext } from './inventory-context.ts';
import { listLowStock, listLowStockSchema, lowStockSchema } from './list-low-stock.ts';
import { moveStock, moveStockSchema } from './move-stock.ts';
import { setStockSettings, stockSettingsSchema } from './set-stock-settings.ts';

const READ = { permission: 'stock:read' } as const;
const WRITE = { permission: 'stock:write' } as const;
const params = z.object({ shopId: z.uuid(), productId: z.uuid() });
const firstPage = pageQuerySchema.parse({});

export function inventoryRoutes(context: InventoryContext): FastifyPluginAsync {
  return async (fastify) => {
    const app = fastify.withTypeProvider<ZodTypeProvider>();

    app.get(
      '/inventory/low-stock-alerts',
      {
        config: READ,
        schema: { querystring: listLowStockSchema, response: { 200: pageSchema(lowStockSchema) } },
      },
      async (request) => await listLowStock(context, request.query),
    );
    app.get(
      '/inventory/:shopId',
      {
        config: READ,
        schema: {
          params: params.pick({ shopId: true }),
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
        schema: { params, querystring: pageQuerySchema, response: { 200: inventoryViewSchema } },
      },
      async (request) => {
        const { shopId, productId } = request.params;
        return await getInventory(context, shopId, productId, request.query);
      },
    );
    app.put(
      '/inventory/:shopId/:productId',
      {
        config: WRITE,
        schema: { params, body: stockSettingsSchema, response: { 200: inventoryViewSchema } },
      },
      async (request) => {
        const { shopId, productId } = request.params;
        await setStockSettings(context, request.params, request.body, callerOf(request));
        return await getInventory(context, shopId, productId, firstPage);
      },
    );
    app.post(
      '/inventory/:shopId/:productId/online-rights',
      {
        config: WRITE,
        schema: {
          params,
          body: grantSchema,
          response: { 201: onlineRightsSchema, 200: onlineRightsSchema },
        },
      },
      async (request, reply) => {
        const by = callerOf(request);
        const { rights, made } = await grantOnlineRights(context, request.params, request.body, by);
        reply.status(made ? 201 : 200);
        return rights;
      },
    );
    app.post(
      '/inventory/stock-movement',
      {
        config: WRITE,
        schema: {
          body: moveStockSchema,
          response: { 201: inventoryViewSchema, 200: inventoryViewSchema },
        },
      },
      async (request, reply) => {
        const { shopId, productId } = request.body;
        const { made } = await moveStock(context, request.body, callerOf(request));
        reply.status(made ? 201 : 200);
        return await getInventory(context, shopId, productId, firstPage);
      },
    );
  };
}
