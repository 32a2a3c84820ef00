import { ProductServiceDefinition } from '@butik/proto/gen/butik/product/v1/product';
import type { RpcClient } from '@butik/proto/rpc/rpc';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Booted, bootServices } from '../../testing/boot-services.ts';
import { productService } from './product-service.ts';

const NOW = '2026-11-22T12:00:00.000Z';
let hub: Booted;
let products: RpcClient<ProductServiceDefinition>;
beforeAll(async () => {
  hub = await bootServices([productService]);
  products = hub.client(ProductServiceDefinition);
});
afterAll(() => hub.close());

async function make(code: string, amountMinor?: number): Promise<string> {
  const basePrice = amountMinor === undefined ? {} : { basePrice: { amountMinor, currency: 'SEK' } };
  const content = { code, name: `Vara ${code}`, vatCategory: 'food', ...basePrice };
  return (await hub.call('POST', '/products', content)).body.productId;
}

const price = (productId: string, scope: string, amountMinor: number, dates: object = {}) =>
  hub.call('PUT', `/products/${productId}/prices`, { scope, amountMinor, currency: 'SEK', ...dates });

async function amounts(productIds: string[], request: object = {}): Promise<(number | undefined)[]> {
  const asked = { shopId: 'a', groupIds: ['north', 'small'], at: NOW, productIds, ...request };
  return (await products.quoteProducts(asked)).products.map(({ amountMinor }) => amountMinor);
}

test('products are quoted in the order they were asked for, also twice, with what they are', async () => {
  const [milk, bread] = [await make('q1', 1590), await make('q2', 3200)];
  const answer = await products.quoteProducts({ shopId: 'a', productIds: [bread, milk, bread], at: NOW });
  expect(answer.products).toMatchObject([
    { product: { productId: bread, name: 'Vara q2', unit: 'piece', vatCategory: 'food', active: true } },
    { product: { productId: milk }, amountMinor: 1590, currency: 'SEK' },
    { amountMinor: 3200 },
  ]);
});

test('the shop’s own price comes before its groups’, and those before the chain’s', async () => {
  const id = await make('q3', 1000);
  expect(await amounts([id])).toEqual([1000]);
  await price(id, 'group:small', 900);
  expect(await amounts([id])).toEqual([900]);
  await price(id, 'group:north', 800);
  expect(await amounts([id])).toEqual([800]);
  await price(id, 'shop:a', 700);
  await price(id, 'shop:ab', 1);
  expect(await amounts([id])).toEqual([700]);
  expect(await amounts([id], { shopId: 'b', groupIds: [] })).toEqual([1000]);
});

test('a price counts from its beginning until its end, and then the one before counts again', async () => {
  const id = await make('q4', 1000);
  await price(id, 'shop:a', 900, { validFrom: '2026-11-20T00:00:00.000Z' });
  for (let day = 1; day <= 25; day++) {
    const begins = `2026-12-${String(day).padStart(2, '0')}`;
    await price(id, 'shop:a', day, {
      validFrom: `${begins}T00:00:00.000Z`,
      validTo: `${begins}T01:00:00.000Z`,
    });
  }
  const at = async (instant: string) => (await amounts([id], { at: instant }))[0];
  expect(await at('2026-11-19T23:59:59.999Z')).toBeUndefined();
  expect(await at(NOW)).toBe(900);
  expect(await at('2026-12-03T00:00:00.000Z')).toBe(3);
  expect(await at('2026-12-03T01:00:00.000Z')).toBe(900);
  expect(await at('2027-01-01T00:00:00.000Z')).toBe(900);
});

test('a product without a price is quoted without one; one that is not there is named', async () => {
  const id = await make('q5');
  expect(await amounts([id])).toEqual([undefined]);
  const missing = hub.kernel.newId();
  await expect(amounts([id, missing])).rejects.toMatchObject({
    code: 'PRODUCT_NOT_FOUND',
    details: { productId: missing },
  });
});

test('a hundred and fifty products are quoted at once; more than two hundred are refused', async () => {
  const ids = await Promise.all(Array.from({ length: 150 }, (_, index) => make(`many-${index}`, index)));
  expect(await amounts(ids)).toEqual(ids.map((_, index) => index));
  const tooMany = Array.from({ length: 201 }, () => ids[0]!);
  await expect(amounts(tooMany)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  await expect(amounts(ids.slice(0, 1), { at: 'nu' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
});
