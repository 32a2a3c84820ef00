import { ButikError } from '@butik/proto/errors/butik-error';
import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf } from '../caller.ts';
import { pageSchema } from '../pages.ts';
import { cancelOrder, cancelOrderSchema } from './cancel-order.ts';
import { createOrder, createOrderSchema } from './create-order.ts';
import { getHistory, getOrder, orderStepSchema } from './get-order.ts';
import { listOrders, listOrdersSchema } from './list-orders.ts';
import { orderSummarySchema, orderViewSchema } from './order.ts';
import type { OrderContext } from './order-context.ts';
import { setOrderStatus, setOrderStatusSchema } from './set-order-status.ts';
import { orderSumsSchema, sumOrders, sumOrdersSchema } from './sum-orders.ts';

const READ = { permission: 'order:read' } as const;
const WRITE = { permission: 'order:write' } as const;
const params = z.object({ orderId: z.uuid() });
const createHeaders = z.looseObject({
  'idempotency-key': z
    .uuid()
    .optional()
    .meta({ description: 'Required: a fresh UUID for each new order, the same one when it is repeated.' }),
});

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
    app.post(
      '/orders',
      {
        config: WRITE,
        schema: { headers: createHeaders, body: createOrderSchema, response: { 201: orderViewSchema } },
      },
      async (request, reply) => {
        const key = request.headers['idempotency-key'];
        if (key === undefined) throw new ButikError('IDEMPOTENCY_KEY_MISSING');
        const by = callerOf(request);
        const { order, repeated } = await createOrder(context, request.body, { key: key.toLowerCase(), by });
        reply.status(201).header('location', `/v1/orders/${order.orderId}`);
        if (repeated) reply.header('idempotency-replayed', 'true');
        return order;
      },
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
    app.put(
      '/orders/:orderId/status',
      { config: WRITE, schema: { params, body: setOrderStatusSchema, response: { 200: orderViewSchema } } },
      async (request) =>
        await setOrderStatus(context, request.params.orderId, request.body, callerOf(request)),
    );
    app.post(
      '/orders/:orderId/cancel',
      { config: WRITE, schema: { params, body: cancelOrderSchema, response: { 202: orderViewSchema } } },
      async (request, reply) => {
        const asked = { ...request.body, by: callerOf(request) };
        reply.status(202);
        return await cancelOrder(context, request.params.orderId, asked);
      },
    );
    app.get(
      '/orders/:orderId/history',
      { config: READ, schema: { params, response: { 200: z.object({ items: z.array(orderStepSchema) }) } } },
      async (request) => ({ items: await getHistory(context, request.params.orderId) }),
    );
  };
}
