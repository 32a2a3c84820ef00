import { createEvent } from '@butik/proto/events/cloud-event';
import { paymentProcessed } from '@butik/proto/events/payment';
import { v7 } from 'uuid';
import { beforeEach, describe, expect, test } from 'vitest';
import { anOrder, place } from '../../testing/place-order.ts';
import { MINUTE, SOLD, type Stage } from './stage.ts';

/** Customers who do not pay at once, or not at all. */
export function payingContract(on: Stage): void {
  describe('a customer who takes their time', () => {
    beforeEach(() => {
      on.world.payments.customer = 'hesitates';
    });

    test('is waited for, and the event of the payment goes on with the order at once', async () => {
      const placed = await place(on.hub, anOrder(on.world));
      await on.hub.idle();
      expect(await on.view(placed.orderId)).toMatchObject({
        status: 'pending',
        saga: { state: 'paying', attempts: 1 },
      });
      on.world.payments.payNow(placed.paymentId);
      const { orderId, shopId, paymentId } = placed;
      const data = { paymentId, orderId, shopId, amountMinor: 3180, currency: 'SEK', method: 'swish' };
      const event = {
        id: v7(),
        source: 'butik/hub/payment',
        subject: paymentId,
        time: '2026-11-22T12:00:00.000Z',
      };
      await on.hub.publish(createEvent(paymentProcessed, { ...event, data }));
      await on.hub.idle();
      expect(await on.statusOf(orderId)).toBe('confirmed, done');
      expect(on.heldFor(placed)).toEqual(SOLD);
    });

    test('is not believed on the word of an event alone', async () => {
      const { orderId, shopId, paymentId } = await place(on.hub, anOrder(on.world));
      await on.hub.idle();
      const data = { paymentId, orderId, shopId, amountMinor: 3180, currency: 'SEK', method: 'swish' };
      const event = {
        id: v7(),
        source: 'butik/hub/payment',
        subject: paymentId,
        time: '2026-11-22T12:00:00.000Z',
      };
      await on.hub.publish(createEvent(paymentProcessed, { ...event, data }));
      await on.hub.idle();
      expect(await on.statusOf(orderId)).toBe('pending, paying');
    });

    test('is found to have paid although the event was lost', async () => {
      const placed = await place(on.hub, anOrder(on.world));
      await on.hub.idle();
      on.world.payments.payNow(placed.paymentId);
      await on.pass(MINUTE);
      expect(await on.statusOf(placed.orderId)).toBe('confirmed, done');
    });

    test('and never pays: after a quarter of an hour the order is cancelled and everything released', async () => {
      const placed = await place(on.hub, anOrder(on.world));
      await on.hub.idle();
      await on.pass(14 * MINUTE);
      expect(await on.statusOf(placed.orderId)).toBe('pending, paying');
      await on.pass(2 * MINUTE);
      expect(await on.view(placed.orderId)).toMatchObject({
        status: 'cancelled',
        cancelReason: 'PAY_TIMED_OUT',
      });
      expect(on.heldFor(placed)).toEqual({ goods: 'released', paidMinor: 0, charges: 0 });
      on.world.payments.payNow(placed.paymentId);
      expect(on.heldFor(placed).paidMinor).toBe(0);
    });

    test('and paid while no process ran gets the goods, not the money back', async () => {
      const placed = await place(on.hub, anOrder(on.world));
      await on.hub.idle();
      on.hub.kill();
      on.world.payments.payNow(placed.paymentId);
      on.world.clock.nowMs += 60 * MINUTE;
      const second = await on.world.start();
      await second.sweep();
      expect(await on.statusOf(placed.orderId, second)).toBe('confirmed, done');
      expect(on.heldFor(placed)).toEqual(SOLD);
      await second.call('POST', `/orders/${placed.orderId}/cancel`, { reason: 'slut' });
      await second.idle();
      expect((await on.view(placed.orderId, second)).cancelReason).toBe('slut');
    });
  });
}
