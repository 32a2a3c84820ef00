import { describe, expect, test } from 'vitest';
import type { Fault } from '../../testing/faults.ts';
import { anOrder, place } from '../../testing/place-order.ts';
import { MINUTE, SECOND, SOLD, type Stage } from './stage.ts';

/** Orders that people cancel. */
export function cancellingContract(on: Stage): void {
  describe('cancelling', () => {
    const STATES = [
      ['reserving', 'reserveStock'],
      ['paying', 'processPayment'],
      ['confirming', 'confirmReservation'],
    ] as const;

    test.each(STATES)('an order that is %s gives everything back', async (state, method) => {
      on.world.faults.plan = (called) => (called === method ? 'unavailable' : 'none');
      const placed = await place(on.hub, anOrder(on.world));
      await on.hub.idle();
      expect(await on.statusOf(placed.orderId)).toBe(`pending, ${state}`);
      const asked = await on.hub.call('POST', `/orders/${placed.orderId}/cancel`, { reason: 'ångrat mig' });
      expect(asked.status).toBe(202);
      await on.hub.idle();
      expect(await on.view(placed.orderId)).toMatchObject({
        status: 'cancelled',
        cancelReason: 'ångrat mig',
      });
      expect(on.heldFor(placed)).toMatchObject({ goods: 'released', paidMinor: 0 });
      const { body } = await on.hub.call('GET', `/orders/${placed.orderId}/history`);
      expect(body.items.slice(-2)).toMatchObject([
        { status: 'pending', by: 'user:anna', note: 'cancelling asked for: ångrat mig' },
        { status: 'cancelled', by: 'user:anna', note: 'ångrat mig' },
      ]);
    });

    test.each(STATES)(
      'wins over the answer of a call that is under way while it is %s',
      async (_, method) => {
        on.world.faults.plan = (called) => (called === method ? 'unavailable' : 'none');
        const placed = await place(on.hub, anOrder(on.world));
        await on.hub.idle();
        let asked: Promise<{ status: number }> | undefined;
        on.world.faults.plan = async (called): Promise<Fault> => {
          if (called === method)
            asked ??= on.hub.call('POST', `/orders/${placed.orderId}/cancel`, { reason: 'ångrat mig' });
          expect((await asked)?.status ?? 202).toBe(202);
          return 'none';
        };
        await on.pass(2 * SECOND);
        expect(asked).toBeDefined();
        await on.hub.idle();
        expect(await on.statusOf(placed.orderId)).toBe('cancelled, cancelled');
        expect(on.heldFor(placed)).toMatchObject({ goods: 'released', paidMinor: 0 });
        expect(on.eventsOf(placed.orderId).at(-1)).toBe('OrderCancelled');
      },
    );

    test.each(['confirmed', 'processing'])(
      'an order that is %s gives goods and money back',
      async (status) => {
        const placed = await place(on.hub, anOrder(on.world));
        await on.hub.idle();
        if (status === 'processing') await on.hub.call('PUT', `/orders/${placed.orderId}/status`, { status });
        await on.hub.call('POST', `/orders/${placed.orderId}/cancel`, { reason: 'slut' });
        await on.hub.idle();
        expect(await on.view(placed.orderId)).toMatchObject({ status: 'cancelled', cancelReason: 'slut' });
        expect(on.heldFor(placed)).toEqual({ goods: 'released', paidMinor: 0, charges: 1 });
        expect(on.eventsOf(placed.orderId)).toEqual(['OrderCreated', 'OrderConfirmed', 'OrderCancelled']);
      },
    );

    test.each([
      ['refunding', 'cancelPayment'],
      ['releasing', 'releaseReservation'],
    ])('an order that is %s already changes nothing', async (state, method) => {
      const placed = await place(on.hub, anOrder(on.world));
      await on.hub.idle();
      on.world.faults.plan = (called) => (called === method ? 'unavailable' : 'none');
      const cancel = (reason: string) => on.hub.call('POST', `/orders/${placed.orderId}/cancel`, { reason });
      await cancel('slut');
      await on.hub.idle();
      expect(await on.statusOf(placed.orderId)).toBe(`confirmed, ${state}`);
      expect((await cancel('igen')).status).toBe(202);
      await on.hub.idle();
      on.world.faults.plan = () => 'none';
      await on.pass(MINUTE);
      expect(await on.view(placed.orderId)).toMatchObject({ status: 'cancelled', cancelReason: 'slut' });
      expect(on.eventsOf(placed.orderId).filter((type) => type === 'OrderCancelled')).toHaveLength(1);
    });

    test('with a reason that has control characters is refused, and the order stays as it is', async () => {
      const placed = await place(on.hub, anOrder(on.world));
      await on.hub.idle();
      for (const reason of ['a\u0000b', 'a\nb', '\u0007']) {
        const refused = await on.hub.call('POST', `/orders/${placed.orderId}/cancel`, { reason });
        expect(refused).toMatchObject({
          status: 400,
          body: { code: 'REQUEST_INVALID', details: { fields: [{ path: 'body.reason' }] } },
        });
      }
      expect(await on.statusOf(placed.orderId)).toBe('confirmed, done');
      expect(on.heldFor(placed)).toEqual(SOLD);
    });

    test('twice is once, and the first reason stays', async () => {
      const placed = await place(on.hub, anOrder(on.world));
      await on.hub.idle();
      const cancel = (reason: string) => on.hub.call('POST', `/orders/${placed.orderId}/cancel`, { reason });
      await Promise.all([cancel('slut'), cancel('slut')]);
      await on.hub.idle();
      expect((await cancel('igen')).body).toMatchObject({ status: 'cancelled', cancelReason: 'slut' });
      expect(on.eventsOf(placed.orderId).filter((type) => type === 'OrderCancelled')).toHaveLength(1);
    });

    test('waits for a refund for as long as it takes', async () => {
      on.world.payments.slowRefunds = true;
      const placed = await place(on.hub, anOrder(on.world));
      await on.hub.idle();
      await on.hub.call('POST', `/orders/${placed.orderId}/cancel`, { reason: 'slut' });
      await on.hub.idle();
      expect(await on.statusOf(placed.orderId)).toBe('confirmed, refunding');
      expect(
        (await on.hub.call('PUT', `/orders/${placed.orderId}/status`, { status: 'completed' })).body,
      ).toMatchObject({
        code: 'ORDER_TRANSITION_ILLEGAL',
        details: { saga: 'refunding' },
      });
      await on.pass(MINUTE);
      expect(await on.statusOf(placed.orderId)).toBe('cancelled, cancelled');
      expect(on.heldFor(placed)).toEqual({ goods: 'released', paidMinor: 0, charges: 1 });
    });

    test('an order that was handed over is refused', async () => {
      const placed = await place(on.hub, anOrder(on.world));
      await on.hub.idle();
      await on.hub.call('PUT', `/orders/${placed.orderId}/status`, { status: 'completed' });
      const refused = await on.hub.call('POST', `/orders/${placed.orderId}/cancel`, { reason: 'slut' });
      expect(refused).toMatchObject({ status: 422, body: { code: 'ORDER_TRANSITION_ILLEGAL' } });
      expect(on.heldFor(placed)).toEqual(SOLD);
    });
  });
}
