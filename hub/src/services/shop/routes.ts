import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf } from '../caller.ts';
import { pageQuerySchema, pageSchema } from '../pages.ts';
import { createEnrolmentToken, enrolmentTokenSchema } from './create-enrolment-token.ts';
import { createShop, createShopSchema } from './create-shop.ts';
import { listNodes, nodeViewSchema } from './get-node.ts';
import { getShop, listShops } from './get-shop.ts';
import { settingsSchema, shopContentSchema, shopViewSchema, toView } from './shop.ts';
import type { ShopContext } from './shop-context.ts';
import { setSettings, updateShop } from './update-shop.ts';

const READ = { permission: 'shop:read' } as const;
const WRITE = { permission: 'shop:write' } as const;
const params = z.object({ shopId: z.uuid() });
const versionHeaders = z.object({
  /** The version that was read; without it the change is made on the latest. */
  'if-match': z
    .string()
    .regex(/^"?\d+"?$/, 'Send the version that was read.')
    .optional(),
});

export function shopRoutes(context: ShopContext): FastifyPluginAsync {
  return async (fastify) => {
    const app = fastify.withTypeProvider<ZodTypeProvider>();

    app.get(
      '/shops',
      {
        config: READ,
        schema: { querystring: pageQuerySchema, response: { 200: pageSchema(shopViewSchema) } },
      },
      async (request) => {
        const page = await listShops(context, request.query);
        return { ...page, items: page.items.map(toView) };
      },
    );
    app.get(
      '/shops/:shopId',
      { config: READ, schema: { params, response: { 200: shopViewSchema } } },
      async (request, reply) => {
        const shop = await getShop(context, request.params.shopId);
        reply.header('etag', `"${shop.version}"`);
        return toView(shop);
      },
    );
    app.post(
      '/shops',
      {
        config: WRITE,
        schema: { body: createShopSchema, response: { 201: shopViewSchema, 200: shopViewSchema } },
      },
      async (request, reply) => {
        const { shop, made } = await createShop(context, request.body, callerOf(request));
        reply.status(made ? 201 : 200);
        return toView(shop);
      },
    );
    app.put(
      '/shops/:shopId',
      {
        config: WRITE,
        schema: {
          params,
          headers: versionHeaders,
          body: shopContentSchema,
          response: { 200: shopViewSchema },
        },
      },
      async (request) => {
        const options = { version: versionOf(request.headers['if-match']), by: callerOf(request) };
        return toView(await updateShop(context, request.params.shopId, request.body, options));
      },
    );
    app.put(
      '/shops/:shopId/settings',
      {
        config: WRITE,
        schema: { params, headers: versionHeaders, body: settingsSchema, response: { 200: shopViewSchema } },
      },
      async (request) => {
        const options = { version: versionOf(request.headers['if-match']), by: callerOf(request) };
        return toView(await setSettings(context, request.params.shopId, request.body, options));
      },
    );
    app.post(
      '/shops/:shopId/enrolment-tokens',
      { config: WRITE, schema: { params, response: { 201: enrolmentTokenSchema } } },
      async (request, reply) => {
        reply.status(201).header('cache-control', 'no-store');
        return await createEnrolmentToken(context, request.params.shopId, callerOf(request));
      },
    );
    app.get(
      '/shops/:shopId/nodes',
      { config: READ, schema: { params, response: { 200: z.object({ items: z.array(nodeViewSchema) }) } } },
      async (request) => ({ items: await listNodes(context, request.params.shopId) }),
    );
  };
}

function versionOf(ifMatch: string | undefined): number | undefined {
  return ifMatch === undefined ? undefined : Number(ifMatch.replaceAll('"', ''));
}
