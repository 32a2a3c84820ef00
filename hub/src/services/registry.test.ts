import { ProductServiceDefinition } from '@butik/proto/gen/butik/product/v1/product';
import { ShopServiceDefinition } from '@butik/proto/gen/butik/shop/v1/shop';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Booted, bootServices } from '../testing/boot-services.ts';
import { SERVICES } from './registry.ts';

let hub: Booted;
beforeAll(async () => {
  hub = await bootServices(SERVICES);
});
afterAll(() => hub.close());

test('all services run in one hub, under /v1 and bare, and every route declares its permission', async () => {
  for (const prefix of ['', '/v1']) {
    for (const path of ['/products', '/shops', '/orders', `/inventory/${hub.kernel.newId()}`]) {
      expect(await hub.call('GET', `${prefix}${path}`)).toMatchObject({
        status: 200,
        body: { items: [], next: null },
      });
    }
  }
});

test('the API describes itself, with what each route takes', async () => {
  const { status, body } = await hub.call('GET', '/openapi.json');
  expect(status).toBe(200);
  const paths = Object.keys(body.paths).filter((path) => !path.startsWith('/v1'));
  expect(paths.sort()).toEqual([
    '/inventory/low-stock-alerts',
    '/inventory/stock-movement',
    '/inventory/{shopId}',
    '/inventory/{shopId}/{productId}',
    '/inventory/{shopId}/{productId}/online-rights',
    '/notifications',
    '/notifications/send',
    '/notifications/templates',
    '/notifications/{notificationId}',
    '/orders',
    '/orders/summary',
    '/orders/{orderId}',
    '/orders/{orderId}/cancel',
    '/orders/{orderId}/history',
    '/orders/{orderId}/status',
    '/payments',
    '/payments/callbacks/{gateway}',
    '/payments/process',
    '/payments/reconcile',
    '/payments/{paymentId}',
    '/payments/{paymentId}/refund',
    '/payments/{paymentId}/review/resolve',
    '/products',
    '/products/categories',
    '/products/imports',
    '/products/imports/{importId}',
    '/products/search',
    '/products/tags',
    '/products/{productId}',
    '/products/{productId}/prices',
    '/shops',
    '/shops/{shopId}',
    '/shops/{shopId}/enrolment-tokens',
    '/shops/{shopId}/nodes',
    '/shops/{shopId}/settings',
  ]);
  expect(body.paths['/products'].post.requestBody.content['application/json'].schema.required).toEqual(
    expect.arrayContaining(['code', 'name', 'vatCategory']),
  );
});

test('what services ask of each other answers with the code of the error', async () => {
  const missing = hub.kernel.newId();
  const product = hub
    .client(ProductServiceDefinition)
    .getProduct({ by: { $case: 'productId', value: missing } });
  await expect(product).rejects.toMatchObject({ code: 'PRODUCT_NOT_FOUND' });
  const shop = hub.client(ShopServiceDefinition).getStoreInfo({ shopId: missing });
  await expect(shop).rejects.toMatchObject({ code: 'SHOP_NOT_FOUND' });
});
