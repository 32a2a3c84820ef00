import { InventoryServiceDefinition } from '@butik/proto/gen/butik/inventory/v1/inventory';
import { PaymentServiceDefinition } from '@butik/proto/gen/butik/payment/v1/payment';
import { createInProcessClient } from '@butik/proto/rpc/in-process-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Booted, bootServices } from '../../testing/boot-services.ts';
import { SERVICES } from '../registry.ts';
import { createInventoryModel } from './testing/inventory-model.ts';
import { createPaymentModel } from './testing/payment-model.ts';

const inventory = createInventoryModel();
const payments = createPaymentModel();
const booted = SERVICES.filter(({ name }) => ['product', 'shop', 'order'].includes(name));
let hub: Booted;
let shopId: string;
beforeAll(async () => {
  const clients = {
    inventory: createInProcessClient(InventoryServiceDefinition, inventory.handlers),
    payment: createInProcessClient(PaymentServiceDefinition, payments.handlers),
  };
  hub = await bootServices(booted, { clients });
  shopId = (await hub.call('POST', '/shops', { name: 'Söder', groupIds: ['north'] })).body.shopId;
});
afterAll(() => hub.close());

async function aProduct(content: object): Promise<string> {
  const { productId } = (await hub.call('POST', '/products', { vatCategory: 'food', ...content })).body;
  inventory.available.set(productId, 100_000);
  return productId;
}

function order(productId: string, quantity: number, shop = shopId) {
  const payment = { method: 'swish', payer: '46701234567' };
  const request = { shopId: shop, items: [{ productId, quantity }], payment };
  return hub.call('POST', '/orders', request, { 'idempotency-key': hub.kernel.newId() });
}

test('an order costs what its shop asks, in the shop’s own business day, with its VAT', async () => {
  const basePrice = { amountMinor: 9900, currency: 'SEK' };
  const coffee = await aProduct({ code: 'kaffe', name: 'Kaffe i lösvikt', unit: 'gram', basePrice });
  const price = { scope: 'group:north', amountMinor: 8000, currency: 'SEK' };
  await hub.call('PUT', `/products/${coffee}/prices`, price);
  hub.clock.nowMs = Date.parse('2026-11-22T23:30:00.000Z');
  const { status, body } = await order(coffee, 250);
  expect(status).toBe(201);
  expect(body).toMatchObject({ businessDay: '2026-11-23', totalMinor: 2000, vat: [{ grossMinor: 2000 }] });
  expect(body.lines).toMatchObject([
    { unit: 'gram', quantity: 250, unitPriceMinor: 8000, amountMinor: 2000 },
  ]);
  await hub.idle();
  expect((await hub.call('GET', `/orders/${body.orderId}`)).body.status).toBe('confirmed');
  expect(payments.payments.get(body.paymentId)?.chargedMinor).toBe(2000);
});

test('a product without a price in the shop’s currency, or out of the range, cannot be ordered', async () => {
  const dollars = { amountMinor: 100, currency: 'USD' };
  const foreign = await aProduct({ code: 'usd', name: 'Gum', basePrice: dollars });
  expect((await order(foreign, 1)).body).toMatchObject({ code: 'PRICE_MISSING', details: { line: 0 } });
  const basePrice = { amountMinor: 100, currency: 'SEK' };
  const retired = await aProduct({ code: 'old', name: 'Förr', basePrice, active: false });
  expect((await order(retired, 1)).body).toMatchObject({ code: 'PRODUCT_NOT_FOR_SALE' });
});

test('nothing can be ordered from a shop that is not there', async () => {
  expect((await order(hub.kernel.newId(), 1, hub.kernel.newId())).body.code).toBe('SHOP_NOT_FOUND');
});
