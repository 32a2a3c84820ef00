import type { HttpServer } from '@butik/proto/http/create-http-server';
import { z } from 'zod';
import type { Ports } from '../ports.ts';
import type { Identity } from '../provisioning/identity.ts';
import type { BusinessDayOf } from './business-day-of.ts';
import type { Catalogue } from './catalogue.ts';
import type { CurrentShop } from './current-shop.ts';
import { productSchema } from './product.ts';
import { scannedSchema, scanProduct } from './scan-product.ts';

const MAX_SEARCH = 100;

const shopSchema = z.object({
  shopId: z.uuid(),
  name: z.string(),
  currency: z.string(),
  country: z.string(),
  timeZone: z.string(),
  fiscalMode: z.string(),
  till: z.string(),
  nodeId: z.uuid(),
  epoch: z.int(),
  businessDay: z.iso.date(),
  catalogue: z.object({ products: z.int() }),
});

export function addCatalogueRoutes(
  app: HttpServer,
  context: {
    catalogue: Catalogue;
    currentShop: () => CurrentShop;
    businessDayOf: BusinessDayOf;
    identity: Identity;
    till: string;
    ports: Ports;
  },
): void {
  const { catalogue, currentShop, businessDayOf, identity, till, ports } = context;
  const today = () => businessDayOf(currentShop(), ports.clock.now());

  app.get('/v1/shop', { schema: { tags: ['shop'], response: { 200: shopSchema } } }, () => ({
    ...currentShop(),
    till,
    nodeId: identity.nodeId,
    epoch: identity.epoch,
    businessDay: today(),
    catalogue: { products: catalogue.count() },
  }));

  app.get(
    '/v1/products',
    {
      schema: {
        tags: ['catalogue'],
        querystring: z.strictObject({
          search: z.string().max(200).default(''),
          limit: z.coerce.number().int().min(1).max(MAX_SEARCH).default(20),
        }),
        response: { 200: z.object({ items: z.array(productSchema) }) },
      },
    },
    async ({ query }) => ({ items: await catalogue.search(query.search, query.limit) }),
  );

  app.get(
    '/v1/products/:productId',
    {
      schema: {
        tags: ['catalogue'],
        params: z.object({ productId: z.uuid() }),
        response: { 200: productSchema },
      },
    },
    ({ params }) => catalogue.describe(params.productId),
  );

  app.get(
    '/v1/scan',
    {
      schema: {
        tags: ['catalogue'],
        querystring: z.strictObject({ data: z.string().min(1).max(300) }),
        response: { 200: scannedSchema },
      },
    },
    ({ query }) => scanProduct(catalogue, query.data, today()),
  );
}
