import { ButikError } from '@butik/proto/errors/butik-error';
import type { HttpServer } from '@butik/proto/http/create-http-server';
import { z } from 'zod';
import { idempotencyHeaders, idempotencyKey, markReplayed } from '../api/idempotency-headers.ts';
import type { ProductFinder } from '../catalogue/find-product.ts';
import { type StockReader, stockSchema } from './read-stock.ts';
import { type ReceiveStock, receiptRequestSchema, receivedSchema } from './receive-stock.ts';

export function addStockRoutes(
  app: HttpServer,
  context: { find: ProductFinder; stock: StockReader; receiveStock: ReceiveStock },
): void {
  const { find, stock, receiveStock } = context;

  app.post(
    '/v1/stock/receipts',
    {
      schema: {
        tags: ['stock'],
        headers: idempotencyHeaders,
        body: receiptRequestSchema,
        response: { 201: receivedSchema },
      },
    },
    async (request, reply) => {
      const { answer, replayed } = await receiveStock(idempotencyKey(request.headers), request.body);
      markReplayed(reply, replayed);
      return reply.code(201).send(answer);
    },
  );

  app.get(
    '/v1/stock/:productId',
    {
      schema: {
        tags: ['stock'],
        params: z.object({ productId: z.uuid() }),
        response: { 200: stockSchema },
      },
    },
    ({ params }) => {
      const product = find.byId(params.productId);
      if (product === null) throw new ButikError('PRODUCT_NOT_FOUND', { details: params });
      return stock.stockOf(product);
    },
  );
}
