import { ButikError } from '@butik/proto/errors/butik-error';
import { orderConfirmed, orderCreated } from '@butik/proto/events/order';
import { paymentProcessed } from '@butik/proto/events/payment';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { bootNotifications, type Notifications } from './testing/boot-notifications.ts';

let hub: Notifications;
beforeAll(async () => {
  hub = await bootNotifications();
});
beforeEach(() =>
  hub.beginOrder({
    payableMinor: 4_500,
    contact: { email: 'eva@example.com', phone: '', language: 'sv' },
  }),
);
afterAll(() => hub.close());

const HOUR_MS = 3_600_000;
const setTemplate = (template: object) => hub.call('POST', '/notifications/templates', template);
const mails = async () =>
  (await hub.sent()).flatMap((kept) => (kept.channel === 'mail' ? [kept.message] : []));

test('head office writes its own words, tells others too, and turns a message off', async () => {
  const template = {
    event: 'OrderConfirmed',
    channel: 'email',
    language: 'sv',
    body: 'Beställning {{order.id}}',
  };
  await setTemplate({ ...template, subject: 'Välkommen' });
  await setTemplate({ ...template, subject: 'Packa', recipient: 'lager@example.com' });
  await hub.tell(orderConfirmed);
  expect((await mails()).map(({ to, subject, text }) => [to, subject, text]).sort()).toEqual([
    ['eva@example.com', 'Välkommen', `Beställning ${hub.orders.id}`],
    ['lager@example.com', 'Packa', `Beställning ${hub.orders.id}`],
  ]);

  await setTemplate({ ...template, subject: 'Välkommen', active: false });
  await setTemplate({ ...template, subject: 'Packa', recipient: 'lager@example.com', active: false });
  await setTemplate({ ...template, language: 'en', subject: 'Welcome', active: false });
  await hub.tell(orderConfirmed);
  expect(await mails()).toHaveLength(2);
});

test('what nobody is told of is not even looked up, until head office sets a template for it', async () => {
  await hub.tell(orderCreated);
  await hub.tell(paymentProcessed);
  expect(hub.orders.asked).toBe(0);
  await setTemplate({
    event: 'PaymentProcessed',
    channel: 'sms',
    language: 'sv',
    recipient: '+46709999999',
    body: 'Betald: {{order.total}}',
  });
  hub.clock.nowMs += HOUR_MS;
  await hub.tell(paymentProcessed);
  expect((await hub.sent()).map(({ message }) => message.to)).toEqual(['+46709999999']);
});

test('a payment whose order nobody knows is told of to nobody, and asked about once', async () => {
  await setTemplate({
    event: 'PaymentProcessed',
    channel: 'sms',
    language: 'sv',
    recipient: '+46709999999',
    body: 'Betald: {{order.total}}',
  });
  hub.clock.nowMs += HOUR_MS;
  hub.orders.answer = new ButikError('ORDER_NOT_FOUND');
  await hub.tell(paymentProcessed);
  for (let hour = 0; hour < 3; hour++) {
    hub.clock.nowMs += HOUR_MS;
    await hub.sweep();
  }
  expect(hub.orders.asked).toBe(1);
  expect(await hub.sent()).toEqual([]);
  expect(await hub.kernel.jobs.failed()).toEqual([]);
});

test('a template that names what is not there, or that its channel cannot carry, is refused', async () => {
  const mail = { event: 'OrderCreated', channel: 'email', language: 'sv', subject: 'Hej', body: 'Hej' };
  const sms = { ...mail, channel: 'sms', subject: null };
  for (const [template, path] of [
    [{ ...mail, body: 'Hej {{customer.name}}' }, 'body.body'],
    [{ ...mail, subject: '{{constructor}}' }, 'body.subject'],
    [{ ...mail, subject: 'Hej\nBcc: all@example.com' }, 'body.subject'],
    [{ ...mail, body: 'Hej\u0000' }, 'body.body'],
    [{ ...sms, body: 'Hej\u001b[2J' }, 'body.body'],
    [{ ...mail, subject: null }, 'body.subject'],
    [{ ...mail, recipient: '+46701234567' }, 'body.recipient'],
    [{ ...sms, subject: 'Hej' }, 'body.subject'],
    [{ ...sms, recipient: 'eva@example.com' }, 'body.recipient'],
    [{ ...mail, channel: 'push' }, 'body.recipient'],
    [{ ...mail, event: 'UserRegistered' }, 'body.event'],
  ] as const) {
    const { status, body } = await setTemplate(template);
    expect([status, body.details?.fields[0].path, template]).toEqual([400, path, template]);
  }
});

test('head office sees every template, and what a template may name', async () => {
  const own = { event: 'OrderCancelled', channel: 'email', language: 'sv', recipient: 'customer' };
  await setTemplate({ ...own, subject: 'Avbruten', body: '{{order.cancelReason}}' });
  const { body } = await hub.call('GET', '/notifications/templates');
  const cancelled = body.items.filter(({ event }: { event: string }) => event === 'OrderCancelled');
  expect(cancelled).toHaveLength(4);
  expect(cancelled.filter(({ updatedAt }: { updatedAt: string | null }) => updatedAt !== null)).toMatchObject(
    [{ ...own, subject: 'Avbruten', active: true }],
  );
  expect(Object.keys(body.placeholders)).toEqual([
    'order.id',
    'order.lines',
    'order.total',
    'order.cancelReason',
  ]);
});
