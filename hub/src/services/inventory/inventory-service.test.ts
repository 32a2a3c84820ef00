import type { StockMovement } from '@butik/proto/facts/stock-moved';
import { InventoryServiceDefinition } from '@butik/proto/gen/butik/inventory/v1/inventory';
import type { RpcClient } from '@butik/proto/rpc/rpc';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Booted, bootServices } from '../../testing/boot-services.ts';
import { inventoryService } from './inventory-service.ts';

let hub: Booted;
let inventory: RpcClient<InventoryServiceDefinition>;
let shopId: string;
beforeAll(async () => {
  hub = await bootServices([inventoryService]);
  inventory = hub.client(InventoryServiceDefinition);
});
beforeEach(() => {
  hub.events.length = 0;
  shopId = hub.kernel.newId();
});
afterAll(() => hub.close());

const milk = { productId: '0199f000-0000-7000-8000-000000000001', code: '9520000010010' };
const bread = { productId: '0199f000-0000-7000-8000-000000000002', code: '9520000010133' };

function moved(
  product: typeof milk,
  quantity: number,
  costMinor: number | null = quantity * 1000,
): StockMovement {
  return { movementId: hub.kernel.newId(), ...product, quantity, costMinor };
}

function fact(movements: StockMovement[], reason = 'receipt', movedAt = '2026-11-22T10:00:00.000Z') {
  return {
    factId: hub.kernel.newId(),
    type: 'stock.moved',
    version: 1,
    shopId,
    nodeId: hub.kernel.newId(),
    epoch: 1,
    hlc: '0',
    receivedAt: '2026-11-22T12:00:00.000Z',
    payload: JSON.stringify({ causeId: hub.kernel.newId(), reason, movedAt, currency: 'SEK', movements }),
  };
}

async function stockOf(product: typeof milk): Promise<[number, number]> {
  const { body } = await hub.call('GET', `/inventory/${shopId}/${product.productId}`);
  return [body.totalStock, body.totalValue];
}

test('goods received and sold sum to what is on hand, and each movement can be read', async () => {
  await inventory.recordMovements({ fact: fact([moved(milk, 10), moved(bread, 4)]) });
  await inventory.recordMovements({ fact: fact([moved(milk, -3)], 'sale', '2026-11-22T11:00:00.000Z') });
  expect(await stockOf(milk)).toEqual([7, 7000]);
  expect(await stockOf(bread)).toEqual([4, 4000]);

  const { body } = await hub.call('GET', `/inventory/${shopId}/${milk.productId}`);
  expect(body.movements.map((one: { type: string; quantity: number }) => [one.type, one.quantity])).toEqual([
    ['sale', -3],
    ['receipt', 10],
  ]);
  const list = await hub.call('GET', `/inventory/${shopId}?limit=1`);
  expect(list.body.items).toHaveLength(1);
  const rest = await hub.call('GET', `/inventory/${shopId}?limit=5&cursor=${list.body.next}`);
  expect(
    [...list.body.items, ...rest.body.items].map((level: { stripeCode: string }) => level.stripeCode),
  ).toEqual([milk.code, bread.code]);
});

test('the same fact twice, even at once, counts once and is told once', async () => {
  const delivery = fact([moved(milk, 5)]);
  const answers = await Promise.all(
    [delivery, delivery, delivery].map((one) => inventory.recordMovements({ fact: one })),
  );
  expect(answers.map(({ recorded }) => recorded).sort()).toEqual([0, 0, 1]);
  expect(answers.filter(({ repeated }) => repeated)).toHaveLength(2);
  expect(await stockOf(milk)).toEqual([5, 5000]);
  await hub.idle();
  expect(hub.events).toHaveLength(1);
  expect(hub.events[0]).toMatchObject({
    type: 'StockUpdated',
    subject: shopId,
    data: { changes: [{ productId: milk.productId, stripeCode: milk.code, quantity: 5 }], reason: 'receipt' },
  });
});

test('a delivery of 250 lines comes in whole, and a repeat after a crash in its middle adds only what is missing', async () => {
  const lines = Array.from({ length: 250 }, (_, index) => moved(index % 2 === 0 ? milk : bread, 1));
  const long = fact(lines);
  // The hub dies when the first part is written and the second is not.
  const now = vi.spyOn(hub.kernel.clock, 'now');
  now.mockReturnValueOnce(1_800_000_000_000).mockImplementationOnce(() => {
    throw new Error('killed');
  });
  await expect(inventory.recordMovements({ fact: long })).rejects.toThrow();
  now.mockRestore();
  expect(await stockOf(milk)).toEqual([20, 20_000]);

  expect(await inventory.recordMovements({ fact: long })).toEqual({ recorded: 210, repeated: false });
  expect(await stockOf(milk)).toEqual([125, 125_000]);
  expect(await stockOf(bread)).toEqual([125, 125_000]);
  expect(await inventory.recordMovements({ fact: long })).toEqual({ recorded: 0, repeated: true });
  expect(await stockOf(milk)).toEqual([125, 125_000]);
});

test('stock may go below zero, and goods of unknown cost change no value', async () => {
  await inventory.recordMovements({ fact: fact([moved(milk, -2, null)], 'sale') });
  expect(await stockOf(milk)).toEqual([-2, 0]);
});

test('a movement id that is taken by another fact is refused, and nothing of that fact is written', async () => {
  const first = moved(milk, 1);
  await inventory.recordMovements({ fact: fact([first]) });
  const refused = await inventory
    .recordMovements({ fact: fact([moved(bread, 1), first]) })
    .catch((error) => error.code);
  expect(refused).toBe('MOVEMENT_EXISTS');
  expect((await hub.call('GET', `/inventory/${shopId}/${bread.productId}`)).body.code).toBe(
    'INVENTORY_NOT_FOUND',
  );
});

test('goods that a shop moved under another product’s code, or in another currency, are refused and take no level over', async () => {
  await inventory.recordMovements({ fact: fact([moved(milk, 10)]) });
  const mistaken = { ...bread, code: milk.code };
  const refused = await inventory
    .recordMovements({ fact: fact([moved(bread, 1), moved(mistaken, 2)]) })
    .catch((error) => error);
  // A conflict does not pass by itself, so the intake keeps the fact in quarantine.
  expect(refused).toMatchObject({
    code: 'STOCK_LEVEL_CONFLICT',
    kind: 'conflict',
    details: { shopId, stripeCode: milk.code, productId: milk.productId, currency: 'SEK' },
  });
  const inKroner = fact([moved(milk, 2)]);
  inKroner.payload = inKroner.payload.replace('SEK', 'NOK');
  expect(await inventory.recordMovements({ fact: inKroner }).catch(({ code }) => code)).toBe(
    'STOCK_LEVEL_CONFLICT',
  );
  expect(await stockOf(milk)).toEqual([10, 10_000]);
  expect((await hub.call('GET', `/inventory/${shopId}/${bread.productId}`)).status).toBe(404);
});

test('a fact in which one code names two products is refused whole', async () => {
  const refused = await inventory
    .recordMovements({ fact: fact([moved(milk, 1), moved({ ...bread, code: milk.code }, 1)]) })
    .catch((error) => error.code);
  expect(refused).toBe('FACT_PAYLOAD_INVALID');
  expect((await hub.call('GET', `/inventory/${shopId}`)).body.items).toEqual([]);
});

test('a fact of the wrong form says which field is wrong', async () => {
  const wrong = fact([{ ...moved(milk, 1), quantity: 1.5 }]);
  const error = await inventory.recordMovements({ fact: wrong }).catch((thrown) => thrown);
  expect(error).toMatchObject({
    code: 'FACT_PAYLOAD_INVALID',
    details: { fields: [{ path: 'movements.0.quantity' }] },
  });
  const newer = await inventory
    .recordMovements({ fact: { ...wrong, version: 2 } })
    .catch((thrown) => thrown.code);
  expect(newer).toBe('FACT_TYPE_UNKNOWN');
});

test('what one shop has is not what another has', async () => {
  await inventory.recordMovements({ fact: fact([moved(milk, 1)]) });
  const other = hub.kernel.newId();
  expect((await hub.call('GET', `/inventory/${other}`)).body.items).toEqual([]);
});
