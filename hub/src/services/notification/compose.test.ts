import type { GetOrderResponse } from '@butik/proto/gen/butik/order/v1/order';
import { expect, test } from 'vitest';
import { compose } from './compose.ts';
import type { Template } from './templates/template.ts';

const line = { productId: 'milk', name: 'Mjölk', quantity: 1, unit: 'piece', amountMinor: 1_500 };
const order: GetOrderResponse = {
  orderId: 'A1',
  shopId: 'S1',
  kind: 'online',
  status: 'confirmed',
  currency: 'SEK',
  payableMinor: 1_500,
  userId: '',
  contact: { email: 'eva@example.com', phone: '+46701234567', language: 'en-GB' },
  lines: [line],
  cancelReason: '',
};
const template = (part: Partial<Template>): Template => ({
  templateId: JSON.stringify(part),
  event: 'OrderConfirmed',
  channel: 'email',
  language: 'sv',
  recipient: 'customer',
  subject: 'Hej',
  body: 'Hej',
  active: true,
  ...part,
});

test('the customer gets one message, by the best way that has words for it', () => {
  const sms = template({ channel: 'sms', subject: null });
  const both = [sms, template({}), template({ language: 'en', body: 'Hello' })];
  expect(compose(order, both)).toMatchObject([{ channel: 'email', text: 'Hello', to: 'eva@example.com' }]);
  expect(compose(order, [sms])).toMatchObject([{ channel: 'sms', to: '+46701234567', subject: null }]);
  expect(compose(order, [template({ active: false })])).toEqual([]);
});

test('others are told whether or not the customer can be', () => {
  const store = template({ recipient: 'lager@example.com' });
  const unknown = { ...order, contact: undefined };
  expect(compose(unknown, [template({}), store])).toMatchObject([{ to: 'lager@example.com' }]);
});

test('a long order is cut to what an SMS carries, and names how many lines a mail leaves out', () => {
  const long = { ...order, lines: Array.from({ length: 130 }, () => line) };
  const sms = template({ channel: 'sms', recipient: '+46709999999', subject: null, body: '{{order.lines}}' });
  const [mail, text] = compose(long, [template({ language: 'en', body: '{{order.lines}}' }), sms]);
  expect(mail?.text.endsWith('… + 30')).toBe(true);
  expect(text?.text.length).toBeLessThanOrEqual(1_530);
  expect(text?.text.endsWith('…')).toBe(true);
});

test('names that no carrier takes as they are, or that are cut in the middle, cost no message', () => {
  const odd = {
    ...order,
    lines: [
      { ...line, name: 'Mjölk\u0000\ud800' },
      { ...line, name: '😀'.repeat(2_000) },
    ],
  };
  const bodies = ['{{order.lines}}', '-{{order.lines}}'];
  const sms = bodies.map((body) =>
    template({ channel: 'sms', recipient: '+46709999999', subject: null, body }),
  );
  for (const { text } of compose(odd, sms)) {
    expect(text).toMatch(/Mjölk \ufffd: .*\n/);
    expect(text.isWellFormed()).toBe(true);
  }
});

test('a subject stays one line, whatever it names', () => {
  const subject = 'Order {{order.lines}}';
  const two = { ...order, lines: [line, line] };
  expect(compose(two, [template({ subject })])[0]?.subject).not.toMatch(/\n/);
});
