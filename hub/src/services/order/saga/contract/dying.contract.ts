import { describe, expect, test } from 'vitest';
import type { Fault } from '../../testing/faults.ts';
import { anOrder, place } from '../../testing/place-order.ts';
import { SECOND, SOLD, type Stage } from './stage.ts';

/** Processes that die in the middle. */
export function dyingContract(on: Stage): void {
  describe('a process that dies', () => {
    const GOOD = ['reserveStock', 'processPayment', 'confirmReservation'];
    const BACK = ['cancelPayment', 'releaseReservation'];
    const MOMENTS = ['crash-before', 'crash-after'] as const;
    const cases = (methods: string[]) =>
      methods.flatMap((method) => MOMENTS.map((moment): [Fault, string] => [moment, method]));

    function once(fault: Fault, method: string) {
      let done = false;
      on.world.faults.plan = (called) => {
        if (done || called !== method) return 'none';
        done = true;
        return fault;
      };
    }

    test.each(cases(GOOD))(
      'by a %s of %s leaves an order that the next one brings to its end',
      async (fault, method) => {
        once(fault, method);
        const placed = await place(on.hub, anOrder(on.world));
        await on.hub.idle();
        expect(on.hub.isDead()).toBe(true);
        const second = await on.world.start();
        await on.pass(10 * SECOND, second);
        expect(await on.statusOf(placed.orderId, second)).not.toContain('done');
        await on.pass(6 * SECOND, second);
        expect(await on.statusOf(placed.orderId, second)).toBe('confirmed, done');
        expect(on.heldFor(placed)).toEqual(SOLD);
        expect(on.eventsOf(placed.orderId)).toEqual(['OrderCreated', 'OrderConfirmed']);
      },
    );

    test.each(cases(BACK))(
      'by a %s of %s leaves a cancelling that the next one ends',
      async (fault, method) => {
        const placed = await place(on.hub, anOrder(on.world));
        await on.hub.idle();
        once(fault, method);
        await on.hub.call('POST', `/orders/${placed.orderId}/cancel`, { reason: 'slut' });
        await on.hub.idle();
        expect(on.hub.isDead()).toBe(true);
        const second = await on.world.start();
        await on.pass(16 * SECOND, second);
        expect(await on.statusOf(placed.orderId, second)).toBe('cancelled, cancelled');
        expect(on.heldFor(placed)).toEqual({ goods: 'released', paidMinor: 0, charges: 1 });
      },
    );

    test('in good order brings what it runs to its end first', async () => {
      const placed = await Promise.all(Array.from({ length: 20 }, () => place(on.hub, anOrder(on.world))));
      await on.hub.stop();
      const second = await on.world.start();
      for (const { orderId } of placed) expect(await on.statusOf(orderId, second)).toBe('confirmed, done');
    });

    test('and two that find its order at the same time confirm it once', async () => {
      once('crash-after', 'processPayment');
      const placed = await place(on.hub, anOrder(on.world));
      await on.hub.idle();
      const others = [await on.world.start(), await on.world.start(), await on.world.start()];
      on.world.clock.nowMs += 16 * SECOND;
      await Promise.all(others.map((other) => other.sweep()));
      expect(await on.statusOf(placed.orderId, others[0])).toBe('confirmed, done');
      expect(on.heldFor(placed)).toEqual(SOLD);
      expect(on.eventsOf(placed.orderId)).toEqual(['OrderCreated', 'OrderConfirmed']);
    });
  });
}
