import { ButikError } from '@butik/proto/errors/butik-error';
import { orderCancelled, orderConfirmed } from '@butik/proto/events/order';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Documents } from '../../kernel/documents/documents.ts';
import type { KeptMessage } from '../../kernel/messages/mailbox/open-mailbox.ts';
import { deliverJob, MAX_ATTEMPTS } from './jobs.ts';
import { bootNotifications, type Notifications } from './testing/boot-notifications.ts';

const HOUR_MS = 3_600_000;
const order = {
  payableMinor: 4_500,
  contact: { email: 'eva@example.com', phone: '+46701234567', language: 'sv' },
  lines: [
    {
      productId: '0199f000-0000-7000-8000-000000000001',
      name: 'Mjölk',
      quantity: 2,
      unit: 'piece',
      amountMinor: 3_000,
    },
    {
      productId: '0199f000-0000-7000-8000-000000000002',
      name: 'Ost',
      quantity: 150,
      unit: 'gram',
      amountMinor: 1_500,
    },
  ],
};
const away = new ButikError('SERVICE_UNAVAILABLE', { message: 'No line.', details: { part: 'smtp' } });
const contact = (email: string, phone: string, language: string) => ({
  ...order,
  contact: { email, phone, language },
});

/** How people are told of orders, whichever engine keeps it. `close` drops what `open` made. */
export function orderMessagesContract(
  name: string,
  open: () => Promise<{ documents: Documents; close(): Promise<void> }>,
): void {
  describe(`order messages: ${name}`, () => {
    let engine: Awaited<ReturnType<typeof open>>;
    let hub: Notifications;
    beforeAll(async () => {
      engine = await open();
      hub = await bootNotifications({ documents: engine.documents });
    });
    beforeEach(() => hub.beginOrder(order));
    afterAll(async () => {
      await hub?.close();
      await engine?.close();
    });

    const notifications = async (query = '') =>
      (await hub.call('GET', `/notifications?orderId=${hub.orders.id}&${query}`)).body.items;
    /** Times of the day follow from the time at which a test begins. */
    const after = (ms: number) => new Date(hub.clock.nowMs + ms).toISOString();
    const addressees = async () => (await hub.sent()).map(({ message }) => message.to);
    async function mails() {
      const isMail = (kept: KeptMessage) => kept.channel === 'mail';
      return (await hub.sent()).filter(isMail).map(({ message }) => message);
    }

    test('a confirmed order is told to its customer by mail, with what was ordered and what it costs', async () => {
      await hub.tell(orderConfirmed);
      const [mail] = await mails();
      expect(mail).toMatchObject({ to: 'eva@example.com', subject: 'Tack för din beställning' });
      expect(mail?.text.replaceAll('\u00a0', ' ')).toContain(
        '2 × Mjölk: 30,00 kr\n150 g Ost: 15,00 kr\n\nAtt betala: 45,00 kr',
      );
      expect(mail?.html).toContain('2 × Mjölk');
      const [summary] = await notifications();
      expect(summary).toMatchObject({
        status: 'sent',
        channel: 'email',
        event: 'OrderConfirmed',
        orderId: hub.orders.id,
      });
      expect((await hub.call('GET', `/notifications/${summary.notificationId}`)).body).toMatchObject({
        content: { subject: 'Tack för din beställning' },
        carrier: 'mailbox',
        attempts: [{ at: after(0), carrier: 'mailbox', code: null }],
      });
    });

    test('a customer who left only a telephone number gets an SMS, one whom nobody can reach gets nothing', async () => {
      hub.orders.answer = contact('', '+46701234567', 'en-GB');
      await hub.tell(orderCancelled);
      expect(await hub.sent()).toMatchObject([
        {
          channel: 'sms',
          message: { to: '+46701234567', text: expect.stringContaining('Your order is cancelled') },
        },
      ]);
      hub.orders.answer = contact('', '', '');
      await hub.tell(orderConfirmed);
      const { contact: _, ...unknown } = order;
      hub.orders.answer = unknown;
      await hub.tell(orderConfirmed);
      expect(await hub.sent()).toHaveLength(1);
      expect(await hub.kernel.jobs.failed()).toEqual([]);
    });

    test('the same event again, even at once, tells nobody twice', async () => {
      const eventId = hub.kernel.newId();
      await Promise.all([1, 2, 3].map(() => hub.tell(orderConfirmed, { eventId })));
      await hub.tell(orderConfirmed, { eventId });
      expect(await hub.sent()).toHaveLength(1);
    });

    test('a job that comes again after its message was sent hands nothing over', async () => {
      await hub.tell(orderConfirmed);
      const [{ notificationId }] = await notifications();
      await hub.kernel.jobs.enqueue(deliverJob, { notificationId }, { id: 'again' });
      await hub.idle();
      const { body } = await hub.call('GET', `/notifications/${notificationId}`);
      expect(body.attempts).toHaveLength(1);
    });

    test('a language without a template is answered in Swedish', async () => {
      hub.orders.answer = contact('eva@example.com', '', 'fi');
      await hub.tell(orderConfirmed);
      expect((await mails())[0]?.subject).toBe('Tack för din beställning');
    });

    test('a product’s name brings no markup and no line of its own into a mail', async () => {
      const [line] = order.lines;
      hub.orders.answer = {
        ...order,
        lines: [{ ...line!, name: '<b onclick="x">Ost</b> & {{order.id}}\n1 × Guld' }],
      };
      await hub.tell(orderConfirmed);
      const [mail] = await mails();
      expect(mail?.html).toContain(
        '&lt;b onclick=&quot;x&quot;&gt;Ost&lt;/b&gt; &amp; {{order.id}} 1 × Guld',
      );
      expect(mail?.html).not.toMatch(/<b |<script/);
    });

    test('while the carrier is away a message waits, and comes when it is back', async () => {
      hub.carrier.fault = away;
      await hub.tell(orderConfirmed);
      const [waiting] = await notifications();
      expect(waiting).toMatchObject({ status: 'pending', sentAt: null });
      hub.clock.nowMs += HOUR_MS;
      await hub.idle();
      hub.carrier.fault = undefined;
      hub.clock.nowMs += HOUR_MS;
      await hub.idle();
      expect((await hub.call('GET', `/notifications/${waiting.notificationId}`)).body).toMatchObject({
        status: 'sent',
        sentAt: after(0),
        attempts: [
          { at: after(-2 * HOUR_MS), carrier: 'smtp', code: 'SERVICE_UNAVAILABLE', reason: 'No line.' },
          { at: after(-HOUR_MS), carrier: 'smtp', code: 'SERVICE_UNAVAILABLE' },
          { at: after(0), carrier: 'mailbox', code: null },
        ],
      });
    });

    test('a message that the carrier refuses has failed, with what the carrier said, and is not tried again', async () => {
      hub.carrier.fault = new ButikError('MESSAGE_REFUSED', {
        details: { part: 'smtp', reason: '550 no such user' },
      });
      await hub.tell(orderConfirmed);
      hub.carrier.fault = undefined;
      hub.clock.nowMs += HOUR_MS;
      await hub.sweep();
      expect(await hub.sent()).toEqual([]);
      const [failed] = await notifications('status=failed');
      const { body } = await hub.call('GET', `/notifications/${failed.notificationId}`);
      expect(body.attempts).toEqual([
        { at: after(-HOUR_MS), carrier: 'smtp', code: 'MESSAGE_REFUSED', reason: '550 no such user' },
      ]);
    });

    test('a carrier that stays away is given up at last', async () => {
      hub.carrier.fault = away;
      await hub.tell(orderConfirmed);
      for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
        expect(await notifications('status=pending')).toHaveLength(1);
        hub.clock.nowMs += HOUR_MS;
        await hub.idle();
      }
      expect(await notifications('status=failed')).toHaveLength(1);
      hub.carrier.fault = undefined;
      hub.clock.nowMs += HOUR_MS;
      await hub.sweep();
      expect(await hub.sent()).toEqual([]);
    });

    test('while the order service is away the event is kept, and told of when it is back', async () => {
      hub.orders.answer = away;
      await hub.tell(orderConfirmed);
      expect(await notifications()).toEqual([]);
      hub.orders.answer = order;
      hub.clock.nowMs += HOUR_MS;
      await hub.idle();
      expect(await addressees()).toEqual(['eva@example.com']);
    });

    test('an event whose order cannot be found for hours is given up, and holds up no other one', async () => {
      hub.orders.answer = new ButikError('ORDER_NOT_FOUND');
      await hub.tell(orderConfirmed);
      for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
        hub.clock.nowMs += HOUR_MS;
        await hub.idle();
      }
      expect(hub.orders.asked).toBe(MAX_ATTEMPTS);
      hub.orders.answer = order;
      await hub.tell(orderConfirmed);
      hub.clock.nowMs += HOUR_MS;
      await hub.sweep();
      expect(await hub.sent()).toHaveLength(1);
    });

    test('work whose jobs are lost is found by the sweep, and done once', async () => {
      hub.lostJobs.add('notification.prepare').add('notification.deliver');
      await hub.tell(orderConfirmed);
      hub.lostJobs.delete('notification.prepare');
      hub.clock.nowMs += HOUR_MS;
      await hub.sweep();
      expect(await notifications('status=pending')).toHaveLength(1);
      hub.lostJobs.clear();
      await hub.sweep();
      expect(await hub.sent()).toEqual([]);
      hub.clock.nowMs += HOUR_MS;
      await hub.sweep();
      await hub.sweep();
      expect(await addressees()).toEqual(['eva@example.com']);
    });

    test('the sweep leaves alone what waits for its next attempt', async () => {
      hub.carrier.fault = away;
      await hub.tell(orderConfirmed);
      hub.carrier.fault = undefined;
      // Shorter than the shortest pause before the second attempt.
      hub.clock.nowMs += 400;
      await hub.sweep();
      expect(await notifications('status=pending')).toHaveLength(1);
      hub.clock.nowMs += HOUR_MS;
      await hub.idle();
      expect(await notifications('status=sent')).toHaveLength(1);
    });
  });
}
