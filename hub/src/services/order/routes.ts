import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { pageSchema } from '../pages.ts';
import { getHistory, getOrder, orderStepSchema } from './get-order.ts';
import { listOrders, listOrdersSchema } from './list-orders.ts';
import { orderSummarySchema, orderViewSchema } from './order.ts';
import type { OrderContext } from './order-context.ts';
import { orderSumsSchema, sumOrders, sumOrdersSchema } from './sum-orders.ts';

const READ = { permission: 'order:read' } as const;
const params = z.object({ orderId: z.uuid() });

export function orderRoutes(context: OrderContext): FastifyPluginAsync {
  return async (fastify) => {
    const app = fastify.withTypeProvider<ZodTypeProvider>();

    app.get(
      '/orders',
      {
        config: READ,
        schema: { querystring: listOrdersSchema, response: { 200: pageSchema(orderSummarySchema) } },
      },
      async (request) => await listOrders(context, request.query),
    );
    app.get(
      '/orders/summary',
      { config: READ, schema: { querystring: sumOrdersSchema, response: { 200: orderSumsSchema } } },
      async (request) => await sumOrders(context, request.query),
    );
    app.get(
      '/orders/:orderId',
      { config: READ, schema: { params, response: { 200: orderViewSchema } } },
      async (request) => await getOrder(context, request.params.orderId),
    );
    app.get(
      '/orders/:orderId/history',
      { config: READ, schema: { params, response: { 200: z.object({ items: z.array(orderStepSchema) }) } } },
      async (request) => ({ items: await getHistory(context, request.params.orderId) }),
    );
  };
}
