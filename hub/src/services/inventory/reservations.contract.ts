import { InventoryServiceDefinition } from '@butik/proto/gen/butik/inventory/v1/inventory';
import type { RpcClient } from '@butik/proto/rpc/rpc';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Documents } from '../../kernel/documents/documents.ts';
import { type Booted, bootServices } from '../../testing/boot-services.ts';
import { inventoryService } from './inventory-service.ts';

const MILK = '0199f000-0000-7000-8000-000000000001';
const BREAD = '0199f000-0000-7000-8000-000000000002';

/** What reservations promise, whichever engine keeps them. `close` drops what `open` made. */
export function reservationsContract(
  name: string,
  open: () => Promise<{ documents: Documents; close(): Promise<void> }>,
): void {
  describe(`reservations: ${name}`, () => {
    let engine: Awaited<ReturnType<typeof open>>;
    let hub: Booted;
    let inventory: RpcClient<InventoryServiceDefinition>;
    let shopId: string;
    beforeAll(async () => {
      engine = await open();
      hub = await bootServices([inventoryService], { documents: engine.documents });
      inventory = hub.client(InventoryServiceDefinition);
    });
    beforeEach(() => {
      hub.events.length = 0;
      shopId = hub.kernel.newId();
    });
    afterAll(async () => {
      await hub?.close();
      await engine?.close();
    });

    const grant = (productId: string, quantity: number, grantId = hub.kernel.newId()) =>
      hub.call('POST', `/inventory/${shopId}/${productId}/online-rights`, { grantId, quantity });
    const order = (...lines: [productId: string, quantity: number][]) => ({
      reservationId: hub.kernel.newId(),
      orderId: hub.kernel.newId(),
      shopId,
      lines: lines.map(([productId, quantity]) => ({ productId, quantity })),
    });
    const refusal = (call: Promise<unknown>) =>
      call.then(
        () => 'was not refused',
        ({ code, details }) => ({ code, details }),
      );
    /** What may still be sold online, as the refusal to take back more than that tells it. */
    async function available(productId: string): Promise<number> {
      const { body } = await grant(productId, -1_000_000_000);
      return body.details.available;
    }

    test('an order holds goods that the shop lets the hub sell, and no more than those', async () => {
      await grant(MILK, 5);
      await grant(BREAD, 2);
      const first = order([MILK, 2], [BREAD, 2], [MILK, 1]);
      expect(await inventory.reserveStock(first)).toEqual({
        reservationId: first.reservationId,
        status: 'held',
      });
      expect([await available(MILK), await available(BREAD)]).toEqual([2, 0]);

      const second = order([MILK, 2], [BREAD, 1]);
      expect(await refusal(inventory.reserveStock(second))).toEqual({
        code: 'STOCK_NOT_RESERVABLE',
        details: { lines: [{ productId: BREAD, wanted: 1, available: 0 }] },
      });
      expect(await available(MILK)).toBe(2);
      await hub.idle();
      expect(hub.events.map(({ type, subject, data }) => [type, subject, data])).toEqual([
        [
          'InventoryReserved',
          first.orderId,
          {
            reservationId: first.reservationId,
            orderId: first.orderId,
            shopId,
            lines: [
              { productId: MILK, quantity: 3 },
              { productId: BREAD, quantity: 2 },
            ],
          },
        ],
      ]);
    });

    test('of twenty customers who want the last piece at once, one gets it', async () => {
      await grant(MILK, 1);
      const answers = await Promise.all(
        Array.from({ length: 20 }, () =>
          inventory.reserveStock(order([MILK, 1])).then(
            ({ status }) => status,
            ({ code }) => code,
          ),
        ),
      );
      const refused = answers.filter((answer) => answer !== 'held');
      expect(refused).toHaveLength(19);
      // An engine may ask a loser to come again, but never says yes twice.
      for (const code of refused) expect(['STOCK_NOT_RESERVABLE', 'SERVICE_UNAVAILABLE']).toContain(code);
      expect(await available(MILK)).toBe(0);
    });

    test('the same reservation asked for many times at once holds once', async () => {
      await grant(MILK, 10);
      const wanted = order([MILK, 4]);
      const answers = await Promise.all(Array.from({ length: 5 }, () => inventory.reserveStock(wanted)));
      expect(answers.map(({ status }) => status)).toEqual(Array(5).fill('held'));
      expect(await available(MILK)).toBe(6);
      await hub.idle();
      expect(hub.events).toHaveLength(1);
    });

    test('a repeat is answered even when the shop has nothing left for others', async () => {
      await grant(MILK, 1);
      const wanted = order([MILK, 1]);
      await inventory.reserveStock(wanted);
      expect((await inventory.reserveStock(wanted)).status).toBe('held');
      await inventory.confirmReservation(wanted);
      expect((await inventory.reserveStock(wanted)).status).toBe('confirmed');
    });

    test('a reservation id that holds other goods is refused', async () => {
      await grant(MILK, 5);
      const wanted = order([MILK, 1]);
      await inventory.reserveStock(wanted);
      for (const other of [
        { ...wanted, orderId: hub.kernel.newId() },
        { ...wanted, lines: [{ productId: MILK, quantity: 2 }] },
      ]) {
        expect(await refusal(inventory.reserveStock(other))).toMatchObject({ code: 'RESERVATION_CONFLICT' });
      }
      expect(
        await refusal(inventory.releaseReservation({ ...wanted, orderId: hub.kernel.newId() })),
      ).toMatchObject({
        code: 'RESERVATION_CONFLICT',
      });
      expect(await available(MILK)).toBe(4);
    });

    test('what is released can be sold again, once, however often it is released', async () => {
      await grant(MILK, 3);
      const wanted = order([MILK, 3]);
      await inventory.reserveStock(wanted);
      const release = { ...wanted, reason: 'payment failed' };
      const answers = await Promise.all(
        Array.from({ length: 4 }, () => inventory.releaseReservation(release)),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(4).fill('released'));
      expect(await available(MILK)).toBe(3);
      await hub.idle();
      expect(hub.events.map(({ type }) => type)).toEqual(['InventoryReserved', 'InventoryReleased']);
      expect(hub.events[1]?.data).toMatchObject({ reason: 'payment failed', lines: [{ quantity: 3 }] });
      expect(await refusal(inventory.reserveStock(wanted))).toMatchObject({ code: 'RESERVATION_RELEASED' });
    });

    test('an order that was given up before its reservation arrived holds nothing when that comes late', async () => {
      await grant(MILK, 3);
      const late = order([MILK, 3]);
      const released = await inventory.releaseReservation({ ...late, reason: 'timed out' });
      expect(released.status).toBe('released');
      expect(await refusal(inventory.reserveStock(late))).toMatchObject({ code: 'RESERVATION_RELEASED' });
      expect(await available(MILK)).toBe(3);
      await hub.idle();
      expect(hub.events).toEqual([]);
    });

    test('a confirmed reservation stays spent until its order is cancelled', async () => {
      await grant(MILK, 3);
      const wanted = order([MILK, 2]);
      await inventory.reserveStock(wanted);
      expect((await inventory.confirmReservation(wanted)).status).toBe('confirmed');
      expect((await inventory.confirmReservation(wanted)).status).toBe('confirmed');
      expect(await available(MILK)).toBe(1);
      await inventory.releaseReservation({ ...wanted, reason: 'returned' });
      expect(await available(MILK)).toBe(3);
      expect(await refusal(inventory.confirmReservation(wanted))).toMatchObject({
        code: 'RESERVATION_RELEASED',
      });
      expect(await refusal(inventory.confirmReservation(order()))).toMatchObject({
        code: 'RESERVATION_NOT_FOUND',
      });
    });

    test('confirmed and released at the same moment, the rights come back once and it ends released', async () => {
      await grant(MILK, 8);
      for (let round = 0; round < 4; round++) {
        const wanted = order([MILK, 2]);
        await inventory.reserveStock(wanted);
        await Promise.allSettled([
          inventory.confirmReservation(wanted),
          inventory.releaseReservation({ ...wanted, reason: 'cancelled' }),
          inventory.confirmReservation(wanted),
        ]);
        expect(await refusal(inventory.confirmReservation(wanted))).toMatchObject({
          code: 'RESERVATION_RELEASED',
        });
        expect(await available(MILK)).toBe(8);
      }
    });

    test('an order of ninety products is held whole, and one more is refused before anything is held', async () => {
      const products = Array.from({ length: 91 }, () => hub.kernel.newId());
      for (const productId of products) await grant(productId, 1);
      const lines = products.map((productId): [string, number] => [productId, 1]);
      expect(await refusal(inventory.reserveStock(order(...lines)))).toMatchObject({
        code: 'REQUEST_INVALID',
        details: { fields: [{ path: 'lines' }] },
      });
      expect((await inventory.reserveStock(order(...lines.slice(0, 90)))).status).toBe('held');
      expect(await available(products[0]!)).toBe(0);
      expect(await available(products[90]!)).toBe(1);
    });

    test('nothing, less than nothing and parts of a piece cannot be reserved', async () => {
      await grant(MILK, 5);
      for (const wanted of [order(), order([MILK, 0]), order([MILK, -1]), order(['milk', 1])]) {
        expect(await refusal(inventory.reserveStock(wanted))).toMatchObject({ code: 'REQUEST_INVALID' });
      }
      expect(await available(MILK)).toBe(5);
    });

    test('a shop takes back what is not spent, never more', async () => {
      await grant(MILK, 5);
      await inventory.reserveStock(order([MILK, 3]));
      expect(await grant(MILK, -3)).toMatchObject({
        status: 422,
        body: { code: 'RIGHTS_NOT_AVAILABLE', details: { available: 2 } },
      });
      expect(await grant(MILK, -2)).toMatchObject({ status: 201, body: { granted: 3, available: 0 } });
      expect((await grant(BREAD, -1)).body.code).toBe('RIGHTS_NOT_AVAILABLE');
    });

    test('a grant that is sent again grants once, and its id means that grant alone', async () => {
      const grantId = hub.kernel.newId();
      expect(await grant(MILK, 5, grantId)).toMatchObject({
        status: 201,
        body: { granted: 5, available: 5 },
      });
      expect(await grant(MILK, 5, grantId)).toMatchObject({
        status: 200,
        body: { granted: 5, available: 5 },
      });
      expect((await grant(MILK, 6, grantId)).body.code).toBe('RIGHTS_GRANT_EXISTS');
      expect((await grant(BREAD, 5, grantId)).body.code).toBe('RIGHTS_GRANT_EXISTS');
      expect((await grant(MILK, 0)).body.code).toBe('REQUEST_INVALID');
    });
  });
}
