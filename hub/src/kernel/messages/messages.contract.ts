import { expect, test } from 'vitest';
import type { Carrier } from './carrier.ts';
import type { Mail, Push, Sms } from './messages.ts';

export const MAIL: Mail = {
  id: '01999999-aaaa-7bbb-8ccc-000000000017',
  to: 'anna@example.com',
  subject: 'Order 17',
  text: 'Thank you for order 17.',
  html: '<p>Thank you for order 17.</p>',
};
export const SMS: Sms = { id: MAIL.id, to: '+46701234567', text: 'Order 17 is ready.' };
export const PUSH: Push = {
  id: MAIL.id,
  to: 'token:of-annas_phone',
  title: 'Order 17',
  body: 'It is ready.',
  data: { orderId: '17' },
};

/** What is refused before any carrier is asked. */
const ADDRESSES = {
  mail: ['anna', 'anna@', 'anna@example.com\r\nBcc: all@example.com', 'a@example.com,b@example.com', ''],
  sms: ['0701234567', '+46 70 123', '+46701234567\n', '+', ''],
  push: ['', 'a b', 'token\r\nx: y', 't'.repeat(5_000)],
};
const MALFORMED: Record<keyof typeof ADDRESSES, object[]> = {
  mail: [
    { subject: 'Order\r\nBcc: all@example.com' },
    { id: 'a\r\nb' },
    { text: 'x'.repeat(1_000_001) },
    { text: 'a\u0000b' },
    { html: '\ud800' },
  ],
  sms: [{ text: '' }, { text: 'x'.repeat(1_531) }, { text: 'a\u0000b' }, { text: '\ud800' }],
  push: [
    { title: 'Order\n17' },
    { body: 'x'.repeat(4_001) },
    { data: { orderId: 17 } },
    { body: 'a\u0000b' },
    { data: { 'a\u0000': 'b' } },
    { data: { a: '\ud800' } },
  ],
};

/** What every way to people does, whoever carries. `usable` gives one that takes messages over. */
export function messagesContract<Message extends { id: string; to: string }>(
  channel: keyof typeof ADDRESSES,
  message: Message,
  usable: () => Carrier<Message>,
): void {
  test('a message is taken over, and the carrier says by which id', async () => {
    const delivery = await usable().send(message);
    expect(delivery.carrier).toMatch(/^[a-z]+$/);
    expect(delivery.carrierId).toMatch(/\S/);
  });

  test('many at once are all taken over', async () => {
    const messages = Array.from({ length: 20 }, (_, n) => ({ ...message, id: `many-${n}` }));
    const deliveries = await Promise.all(messages.map((one) => usable().send(one)));
    expect(new Set(deliveries.map(({ carrierId }) => carrierId)).size).toBe(20);
  });

  test.for(ADDRESSES[channel])('an address that is none is refused for ever: %j', async (to) => {
    await expect(usable().send({ ...message, to })).rejects.toMatchObject({
      code: 'MESSAGE_REFUSED',
      details: { reason: expect.stringMatching(/^to: /) },
    });
  });

  test.for(MALFORMED[channel])(
    'a message that cannot be carried is refused for ever: case %#',
    async (part) => {
      await expect(usable().send({ ...message, ...part })).rejects.toMatchObject({
        code: 'MESSAGE_REFUSED',
        details: { reason: expect.any(String) },
      });
    },
  );

  test('a caller that has given up sends nothing', async () => {
    const sending = usable().send(message, { signal: AbortSignal.abort() });
    await expect(sending).rejects.toMatchObject({ code: 'CANCELLED' });
  });
}
