import { describe, expect, test } from 'vitest';
import { anOrder, place } from '../../testing/place-order.ts';
import { MINUTE, SECOND, SOLD, type Stage } from './stage.ts';

/** Services that do not answer, and calls that come late. */
export function awayContract(on: Stage): void {
  describe('a service that is away for an hour', () => {
    test('is not waited for while nothing is reserved: the order is cancelled after a minute', async () => {
      on.world.faults.plan = (method) => (method === 'reserveStock' ? 'unavailable' : 'none');
      const placed = await place(on.hub, anOrder(on.world));
      await on.hub.idle();
      await on.pass(2 * MINUTE, on.hub, 5 * SECOND);
      expect(await on.view(placed.orderId)).toMatchObject({
        status: 'cancelled',
        cancelReason: 'RESERVE_TIMED_OUT',
      });
      on.world.faults.plan = () => 'none';
      expect(on.heldFor(placed)).toEqual({ goods: 'released', paidMinor: 0, charges: 0 });
    });

    test('when it is the payment: what was charged and not heard of becomes an order once it answers', async () => {
      on.world.faults.plan = (method) => (method === 'processPayment' ? 'lost' : 'unavailable');
      const placed = await placeReserved();
      on.world.faults.plan = (method) => (/Payment/.test(method) ? 'unavailable' : 'none');
      await on.pass(60 * MINUTE);
      expect(await on.statusOf(placed.orderId)).toBe('pending, paying');
      on.world.faults.plan = () => 'none';
      await on.pass(2 * MINUTE);
      expect(await on.statusOf(placed.orderId)).toBe('confirmed, done');
      expect(on.heldFor(placed)).toEqual(SOLD);
    });

    test('when it is the payment, which heard of nothing: nobody is charged after a quarter of an hour', async () => {
      on.world.faults.plan = (method) => (/Payment/.test(method) ? 'unavailable' : 'none');
      const placed = await place(on.hub, anOrder(on.world));
      await on.hub.idle();
      await on.pass(60 * MINUTE);
      on.world.faults.plan = () => 'none';
      await on.pass(2 * MINUTE);
      expect(await on.view(placed.orderId)).toMatchObject({
        status: 'cancelled',
        cancelReason: 'PAY_TIMED_OUT',
      });
      expect(on.heldFor(placed)).toEqual({ goods: 'released', paidMinor: 0, charges: 0 });
    });

    test('when the customer has paid: the goods are confirmed as soon as they can be, and it shows meanwhile', async () => {
      on.world.faults.plan = (method) => (method === 'confirmReservation' ? 'unavailable' : 'none');
      const placed = await place(on.hub, anOrder(on.world));
      await on.hub.idle();
      await on.pass(60 * MINUTE);
      expect(await on.view(placed.orderId)).toMatchObject({
        status: 'pending',
        saga: { state: 'confirming', lastError: expect.stringContaining('SERVICE_UNAVAILABLE') },
      });
      const shown = await on.hub.metrics.metrics();
      expect(shown).toContain('butik_sagas_stuck{state="confirming"} 1');
      expect(shown).toContain('butik_sagas_open{state="confirming"} 1');
      expect(shown).toMatch(/butik_saga_steps_total\{step="confirm",outcome="failed"\} \d\d/);
      on.world.faults.plan = () => 'none';
      await on.pass(2 * MINUTE);
      expect(await on.statusOf(placed.orderId)).toBe('confirmed, done');
    });

    async function placeReserved() {
      const plan = on.world.faults.plan;
      on.world.faults.plan = async (method) => (method === 'reserveStock' ? 'none' : await plan(method));
      const placed = await place(on.hub, anOrder(on.world));
      await on.hub.idle();
      return placed;
    }
  });

  test('a reservation that arrives when its order is long cancelled holds nothing', async () => {
    on.world.faults.plan = (method) => (method === 'reserveStock' ? 'late' : 'none');
    const request = anOrder(on.world);
    const placed = await place(on.hub, request);
    await on.hub.idle();
    await on.pass(2 * MINUTE, on.hub, 5 * SECOND);
    await on.world.letLateCallsArrive();
    expect(await on.statusOf(placed.orderId)).toBe('cancelled, cancelled');
    expect(on.heldFor(placed).goods).toBe('released');
    expect(on.world.inventory.available.get(request.items[0]!.productId)).toBe(10);
  });

  test('a payment that arrives when its order is long cancelled charges nothing', async () => {
    on.world.faults.plan = (method) => (method === 'processPayment' ? 'late' : 'none');
    const placed = await place(on.hub, anOrder(on.world));
    await on.hub.idle();
    await on.pass(20 * MINUTE);
    await on.world.letLateCallsArrive();
    expect(await on.statusOf(placed.orderId)).toBe('cancelled, cancelled');
    expect(on.heldFor(placed)).toEqual({ goods: 'released', paidMinor: 0, charges: 0 });
  });
}
