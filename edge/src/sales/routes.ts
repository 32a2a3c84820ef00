import type { HttpServer } from '@butik/proto/http/create-http-server';
import { z } from 'zod';
import { idempotencyHeaders, idempotencyKey, markReplayed } from '../api/idempotency-headers.ts';
import type { FindSale } from './find-sale.ts';
import type { ListSales } from './list-sales.ts';
import type { QuoteSale } from './quote-sale.ts';
import type { RecordSale } from './record-sale.ts';
import type { ReturnGoods } from './return-goods.ts';
import {
  quoteRequestSchema,
  quoteSchema,
  returnRequestSchema,
  saleRequestSchema,
  saleSchema,
  saleSummarySchema,
} from './sale.ts';

const MAX_PAGE = 500;
const tags = ['sales'];

export function addSalesRoutes(
  app: HttpServer,
  operations: {
    recordSale: RecordSale;
    returnGoods: ReturnGoods;
    quoteSale: QuoteSale;
    findSale: FindSale;
    listSales: ListSales;
  },
): void {
  const { recordSale, returnGoods, quoteSale, findSale, listSales } = operations;

  app.post(
    '/v1/quote',
    { schema: { tags, body: quoteRequestSchema, response: { 200: quoteSchema } } },
    ({ body }) => quoteSale(body),
  );

  app.post(
    '/v1/sales',
    { schema: { tags, headers: idempotencyHeaders, body: saleRequestSchema, response: { 201: saleSchema } } },
    async (request, reply) => {
      const { answer, replayed } = await recordSale(idempotencyKey(request.headers), request.body);
      markReplayed(reply, replayed);
      return reply.code(201).send(answer);
    },
  );

  app.post(
    '/v1/returns',
    {
      schema: { tags, headers: idempotencyHeaders, body: returnRequestSchema, response: { 201: saleSchema } },
    },
    async (request, reply) => {
      const { answer, replayed } = await returnGoods(idempotencyKey(request.headers), request.body);
      markReplayed(reply, replayed);
      return reply.code(201).send(answer);
    },
  );

  app.get(
    '/v1/sales',
    {
      schema: {
        tags,
        querystring: z.strictObject({
          limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(50),
          /** The text of a receipt: the page begins with the one before it. */
          before: z.string().max(64).optional(),
        }),
        response: { 200: z.object({ items: z.array(saleSummarySchema) }) },
      },
    },
    ({ query }) => ({ items: listSales(query) }),
  );

  app.get(
    '/v1/sales/:saleId',
    { schema: { tags, params: z.object({ saleId: z.uuid() }), response: { 200: saleSchema } } },
    ({ params }) => findSale(params.saleId),
  );
}
