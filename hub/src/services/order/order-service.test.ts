import type { SaleRecorded } from '@butik/proto/facts/sale-recorded';
import { OrderServiceDefinition } from '@butik/proto/gen/butik/order/v1/order';
import type { RpcClient } from '@butik/proto/rpc/rpc';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Booted, bootServices } from '../../testing/boot-services.ts';
import { orderService } from './order-service.ts';

let hub: Booted;
let orders: RpcClient<OrderServiceDefinition>;
let shopId: string;
beforeAll(async () => {
  hub = await bootServices([orderService]);
  orders = hub.client(OrderServiceDefinition);
});
beforeEach(() => {
  hub.events.length = 0;
  shopId = hub.kernel.newId();
});
afterAll(() => hub.close());

function sale(changes: Partial<SaleRecorded> = {}, lineCount = 1): SaleRecorded {
  const amountMinor = 1590;
  return {
    saleId: hub.kernel.newId(),
    kind: 'sale',
    receipt: { till: '1', epoch: 1, number: 1, journalHash: 'ab' },
    soldAt: '2026-11-22T10:00:00.000Z',
    businessDay: '2026-11-22',
    currency: 'SEK',
    lines: Array.from({ length: lineCount }, (_, index) => ({
      productId: hub.kernel.newId(),
      code: `${index}`,
      name: 'Mjölk',
      unit: 'piece' as const,
      quantity: 1,
      listPriceMinor: null,
      unitPriceMinor: amountMinor,
      vatCategory: 'food',
      rateBp: 600,
      amountMinor,
    })),
    vat: [{ rateBp: 600, grossMinor: amountMinor, netMinor: 1500, vatMinor: 90 }],
    totalMinor: amountMinor * lineCount,
    roundingMinor: 10,
    payableMinor: amountMinor * lineCount + 10,
    tenders: [{ type: 'cash', amountMinor: amountMinor * lineCount + 10 }],
    changeMinor: 0,
    ...changes,
  };
}

function fact(payload: SaleRecorded | string) {
  return {
    factId: hub.kernel.newId(),
    type: 'sale.recorded',
    version: 1,
    shopId,
    nodeId: hub.kernel.newId(),
    epoch: 1,
    hlc: '0',
    receivedAt: '2026-11-22T12:00:00.000Z',
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  };
}

test('a sale is an order exactly as the shop wrote it', async () => {
  const sold = sale({ reference: '536365' });
  const recorded = await orders.recordSale({ fact: fact(sold) });
  expect(recorded).toEqual({ orderId: sold.saleId, repeated: false });
  const { body } = await hub.call('GET', `/orders/${sold.saleId}`);
  const { saleId, soldAt, ...snapshot } = sold;
  expect(body).toMatchObject({
    orderId: saleId,
    shopId,
    status: 'completed',
    orderedAt: soldAt,
    ...snapshot,
  });
  expect(body.lines).toEqual(sold.lines);
  const history = await hub.call('GET', `/orders/${saleId}/history`);
  expect(history.body.items).toMatchObject([{ status: 'completed', at: soldAt }]);
  await hub.idle();
  expect(hub.events.map(({ type }) => type)).toEqual(['OrderCreated', 'OrderCompleted']);
  expect(hub.events[1]!.data).toEqual({
    orderId: saleId,
    shopId,
    kind: 'sale',
    businessDay: '2026-11-22',
    currency: 'SEK',
    totalMinor: 1590,
  });
});

test('a return keeps the reason for which goods came back; a sale has none', async () => {
  const sold = sale();
  const returned = sale({ kind: 'return', originalSaleId: sold.saleId, reason: 'trasig förpackning' });
  for (const one of [sold, returned]) await orders.recordSale({ fact: fact(one) });
  await hub.idle();
  const reasonOf = async (id: string) => (await hub.call('GET', `/orders/${id}`)).body.reason;
  expect(await reasonOf(returned.saleId)).toBe('trasig förpackning');
  expect(await reasonOf(sold.saleId)).toBeNull();
});

test('the same sale again, even at once and as another fact, is one order', async () => {
  const sold = sale();
  const answers = await Promise.all([1, 2, 3].map(() => orders.recordSale({ fact: fact(sold) })));
  expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1);
  await hub.idle();
  expect(hub.events).toHaveLength(2);
  const summary = await hub.call('GET', `/orders/summary?shopId=${shopId}`);
  expect(summary.body).toMatchObject({ count: 1, totalMinor: { SEK: 1590 } });
});

test('another sale with the same id is a conflict, and the first one stays', async () => {
  const sold = sale();
  await orders.recordSale({ fact: fact(sold) });
  const error = await orders.recordSale({ fact: fact({ ...sold, totalMinor: 1 }) }).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'ORDER_CONFLICT', details: { orderId: sold.saleId } });
  expect((await hub.call('GET', `/orders/${sold.saleId}`)).body.totalMinor).toBe(1590);
});

test('a sale of two thousand lines is kept whole', async () => {
  const sold = sale({}, 2000);
  await orders.recordSale({ fact: fact(sold) });
  const { body } = await hub.call('GET', `/orders/${sold.saleId}`);
  expect(body.lineCount).toBe(2000);
  expect(body.lines).toEqual(sold.lines);
});

test('sales and returns are summed per day, kind and currency', async () => {
  const returned = sale({ kind: 'return', totalMinor: -1590, businessDay: '2026-11-23' });
  for (const one of [sale(), sale(), returned]) await orders.recordSale({ fact: fact(one) });
  const sums = async (days: string) =>
    (await hub.call('GET', `/orders/summary?shopId=${shopId}${days}`)).body;
  expect(await sums('')).toEqual({
    shopId,
    count: 3,
    totalMinor: { SEK: 1590 },
    byKind: {
      sale: [{ currency: 'SEK', count: 2, totalMinor: 3180 }],
      return: [{ currency: 'SEK', count: 1, totalMinor: -1590 }],
    },
  });
  expect(await sums('&from=2026-11-23&to=2026-11-23')).toMatchObject({
    count: 1,
    totalMinor: { SEK: -1590 },
  });
});

test('the list goes from the latest back, by shop and by time', async () => {
  const at = (hour: string) => sale({ soldAt: `2026-11-22T${hour}:00:00.000Z` });
  const three = [at('08'), at('09'), at('10')];
  for (const one of three) await orders.recordSale({ fact: fact(one) });
  const list = async (query: string) => (await hub.call('GET', `/orders?${query}`)).body;
  const ids = (page: { items: { orderId: string }[] }) => page.items.map(({ orderId }) => orderId);
  const [first, second, third] = three.map(({ saleId }) => saleId);
  const page = await list(`shopId=${shopId}&limit=2`);
  expect(ids(page)).toEqual([third, second]);
  expect(ids(await list(`shopId=${shopId}&limit=2&cursor=${page.next}`))).toEqual([first]);
  const hours = 'from=2026-11-22T08:00:00.000Z&to=2026-11-22T10:00:00.000Z';
  expect(ids(await list(`shopId=${shopId}&${hours}`))).toEqual([second, first]);
  expect(ids(await list(`shopId=${shopId}&status=cancelled`))).toEqual([]);
  expect(ids(await list('limit=200'))).toEqual(expect.arrayContaining([first, second, third]));
  const other = hub.kernel.newId();
  expect((await list(`shopId=${other}&cursor=${page.next}`)).code).toBe('REQUEST_INVALID');
});

test('a fact that is no sale is refused with its fields', async () => {
  const error = await orders.recordSale({ fact: fact({ ...sale(), lines: [] }) }).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'FACT_PAYLOAD_INVALID', details: { fields: [{ path: 'lines' }] } });
  const broken = await orders.recordSale({ fact: fact('{') }).catch((thrown) => thrown.code);
  expect(broken).toBe('FACT_PAYLOAD_INVALID');
});
