import { ButikError } from '@butik/proto/errors/butik-error';
import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf } from '../caller.ts';
import { pageQuerySchema, pageSchema } from '../pages.ts';
import { createProduct, createProductSchema } from './create-product.ts';
import { getProduct } from './get-product.ts';
import { listCategories, listTags, namedCountSchema } from './list-categories.ts';
import { listPrices } from './list-prices.ts';
import { listProducts, listProductsSchema } from './list-products.ts';
import { type Product, priceSchema, productViewSchema, toView } from './product.ts';
import type { ProductContext } from './product-context.ts';
import { retireProduct } from './retire-product.ts';
import { searchProducts, searchProductsSchema, searchResultSchema } from './search-products.ts';
import { setPrice, setPriceSchema } from './set-price.ts';
import { updateProduct, updateProductSchema } from './update-product.ts';

const READ = { permission: 'catalogue:read' } as const;
const WRITE = { permission: 'catalogue:write' } as const;
const params = z.object({ productId: z.uuid() });
const versionHeaders = z.object({
  /** The version that was read, as the answer's `etag` gave it. */
  'if-match': z
    .string()
    .regex(/^"?\d+"?$/, 'Send the version that was read.')
    .optional(),
});
const updateBody = updateProductSchema.extend({ version: z.int().positive().optional() });

export function productRoutes(context: ProductContext): FastifyPluginAsync {
  const view = (product: Product) => toView(product, context.kernel.clock.now());

  return async (fastify) => {
    const app = fastify.withTypeProvider<ZodTypeProvider>();

    app.get(
      '/products',
      {
        config: READ,
        schema: { querystring: listProductsSchema, response: { 200: pageSchema(productViewSchema) } },
      },
      async (request) => {
        const page = await listProducts(context, request.query);
        return { ...page, items: page.items.map(view) };
      },
    );
    app.get(
      '/products/search',
      {
        config: READ,
        schema: {
          querystring: searchProductsSchema,
          response: { 200: searchResultSchema },
        },
      },
      async (request) => await searchProducts(context, request.query),
    );
    app.get(
      '/products/categories',
      { config: READ, schema: { response: { 200: z.object({ items: z.array(namedCountSchema) }) } } },
      async () => ({ items: await listCategories(context) }),
    );
    app.get(
      '/products/tags',
      { config: READ, schema: { response: { 200: z.object({ items: z.array(namedCountSchema) }) } } },
      async () => ({ items: await listTags(context) }),
    );
    app.get(
      '/products/:productId',
      { config: READ, schema: { params, response: { 200: productViewSchema } } },
      async (request, reply) => {
        const product = await getProduct(context, request.params.productId);
        reply.header('etag', `"${product.version}"`);
        return view(product);
      },
    );
    app.post(
      '/products',
      {
        config: WRITE,
        schema: { body: createProductSchema, response: { 201: productViewSchema, 200: productViewSchema } },
      },
      async (request, reply) => {
        const { product, made } = await createProduct(context, request.body, callerOf(request));
        reply.status(made ? 201 : 200).header('etag', `"${product.version}"`);
        return view(product);
      },
    );
    app.put(
      '/products/:productId',
      {
        config: WRITE,
        schema: { params, headers: versionHeaders, body: updateBody, response: { 200: productViewSchema } },
      },
      async (request, reply) => {
        const { version: inBody, ...content } = request.body;
        const version = versionOf(request.headers['if-match'], inBody);
        const by = callerOf(request);
        const product = await updateProduct(context, request.params.productId, content, { version, by });
        reply.header('etag', `"${product.version}"`);
        return view(product);
      },
    );
    app.delete(
      '/products/:productId',
      { config: WRITE, schema: { params, response: { 200: productViewSchema } } },
      async (request) => view(await retireProduct(context, request.params.productId, callerOf(request))),
    );
    app.get(
      '/products/:productId/prices',
      {
        config: READ,
        schema: { params, querystring: pageQuerySchema, response: { 200: pageSchema(priceSchema) } },
      },
      async (request) => await listPrices(context, request.params.productId, request.query),
    );
    app.put(
      '/products/:productId/prices',
      { config: WRITE, schema: { params, body: setPriceSchema, response: { 200: priceSchema } } },
      async (request) => await setPrice(context, request.params.productId, request.body, callerOf(request)),
    );
  };
}

/** The version a change is made on; without one a change could undo somebody else's unseen. */
function versionOf(ifMatch: string | undefined, inBody: number | undefined): number {
  const version = ifMatch === undefined ? inBody : Number(ifMatch.replaceAll('"', ''));
  if (version !== undefined) return version;
  throw new ButikError('REQUEST_INVALID', {
    details: { fields: [{ path: 'headers.if-match', message: 'Send the version that was read.' }] },
  });
}
