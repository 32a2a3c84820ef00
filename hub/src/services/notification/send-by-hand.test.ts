import { orderConfirmed } from '@butik/proto/events/order';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { bootNotifications, type Notifications } from './testing/boot-notifications.ts';

let hub: Notifications;
beforeAll(async () => {
  hub = await bootNotifications();
});
beforeEach(() => hub.beginOrder({ contact: { email: 'eva@example.com', phone: '', language: 'sv' } }));
afterAll(() => hub.close());

const mail = { channel: 'email', to: 'eva@example.com', subject: 'Hej', text: 'Butiken öppnar i morgon.' };
const send = (message: object, key?: string) =>
  hub.call('POST', '/notifications/send', message, key === undefined ? {} : { 'idempotency-key': key });
const list = async (query: string) => (await hub.call('GET', `/notifications?${query}`)).body;

test('head office writes to a customer by mail, SMS or push', async () => {
  for (const message of [
    mail,
    { channel: 'sms', to: '+46701234567', text: 'Hej' },
    { channel: 'push', to: 'token-of-a-telephone', subject: 'Hej', text: 'Öppet' },
  ]) {
    expect(await send(message, hub.kernel.newId())).toMatchObject({ status: 202, body: { event: null } });
  }
  await hub.idle();
  expect((await hub.sent()).map(({ channel }) => channel).sort()).toEqual(['mail', 'push', 'sms']);
});

test('a request that is sent again, even at once, sends once and says what became of it', async () => {
  const key = hub.kernel.newId();
  const answers = await Promise.all([send(mail, key), send(mail, key), send(mail, key.toUpperCase())]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 202]);
  await hub.idle();
  expect(await send(mail, key)).toMatchObject({ status: 200, body: { status: 'sent', carrier: 'mailbox' } });
  expect(await hub.sent()).toHaveLength(1);
  expect((await send({ ...mail, text: 'Nej.' }, key)).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
});

test('a message without a key, or to an address that its channel does not have, is not taken', async () => {
  expect((await send(mail)).body.code).toBe('IDEMPOTENCY_KEY_MISSING');
  for (const [message, path] of [
    [{ ...mail, to: '+46701234567' }, 'body.to'],
    [{ ...mail, subject: 'Hej\r\nBcc: all@example.com' }, 'body.subject'],
    [{ channel: 'sms', to: '070-123 45 67', text: 'Hej' }, 'body.to'],
    [{ channel: 'fax', to: '08123', text: 'Hej' }, 'body.channel'],
  ] as const) {
    const { status, body } = await send(message, hub.kernel.newId());
    expect([status, body.details.fields[0].path]).toEqual([400, path]);
  }
  const nobody = await hub.call('GET', `/notifications/${hub.kernel.newId()}`);
  expect(nobody).toMatchObject({ status: 404, body: { code: 'NOTIFICATION_NOT_FOUND' } });
});

test('text that a carrier cannot keep is not taken, and holds up no other message', async () => {
  const sms = { channel: 'sms', to: '+46701234567' };
  const push = { channel: 'push', to: 'token-of-a-telephone', subject: 'Hej' };
  for (const text of ['Hej\u0000', 'Hej\u001b[2J', 'Hej\ud800']) {
    for (const message of [
      { ...mail, text },
      { ...sms, text },
      { ...push, text },
    ]) {
      const { status, body } = await send(message, hub.kernel.newId());
      expect([status, body.details.fields[0].path]).toEqual([400, 'body.text']);
    }
  }
  expect((await send({ ...mail, subject: 'Hej\ud800' }, hub.kernel.newId())).status).toBe(400);
  expect((await send({ ...mail, userId: 'u\u00001' }, hub.kernel.newId())).status).toBe(400);
  await send({ ...mail, text: 'Hej!\r\n\n\tVi öppnar i morgon.' }, hub.kernel.newId());
  await hub.idle();
  expect((await hub.sent()).map(({ message }) => message)).toMatchObject([
    { text: 'Hej!\n\n\tVi öppnar i morgon.' },
  ]);
});

test('a list of notifications never fails for its cursor or its times', async () => {
  for (const text of ['1', '2']) await send({ ...mail, text }, hub.kernel.newId());
  await hub.idle();
  const key = JSON.parse(Buffer.from((await list('limit=1')).next, 'base64url').toString());
  const { sk: _, ...short } = key;
  for (const forged of [short, { ...key, gs4pk: 'x' }, { ...key, pk: 'x' }, { ...key, gs1sk: '~' }]) {
    const cursor = Buffer.from(JSON.stringify(forged)).toString('base64url');
    for (const filter of ['', 'from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z']) {
      const { status } = await hub.call('GET', `/notifications?cursor=${cursor}&${filter}`);
      expect([200, 400], JSON.stringify(forged)).toContain(status);
    }
  }
  const years = ['0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '%2B9999-01-01T00:00:00Z'];
  for (const from of years) {
    for (const to of years) {
      const { status } = await hub.call('GET', `/notifications?from=${from}&to=${to}`);
      expect([200, 400], `${from} ${to}`).toContain(status);
    }
  }
});

test('notifications are found by user, order, state, channel and time, page by page', async () => {
  const userId = hub.kernel.newId();
  hub.clock.nowMs += 60_000;
  const begun = new Date(hub.clock.nowMs).toISOString();
  hub.orders.answer = { ...hub.orders.answer, userId };
  await hub.tell(orderConfirmed);
  for (let minute = 1; minute <= 5; minute++) {
    hub.clock.nowMs += 60_000;
    await send({ channel: 'sms', to: '+46701234567', text: `${minute}`, userId }, hub.kernel.newId());
  }
  await hub.idle();
  const count = async (query: string) => (await list(query)).items.length;
  expect(await count(`userId=${userId}`)).toBe(6);
  expect(await count(`userId=${userId}&orderId=${hub.orders.id}`)).toBe(1);
  expect(await count(`userId=${hub.kernel.newId()}&orderId=${hub.orders.id}`)).toBe(0);
  expect(await count(`userId=${userId}&channel=sms&status=sent`)).toBe(5);
  expect(await count(`userId=${userId}&status=failed`)).toBe(0);
  const third = new Date(hub.clock.nowMs - 120_000).toISOString();
  expect(await count(`userId=${userId}&from=${third}`)).toBe(3);
  expect(await count(`from=${begun}&to=${third}&channel=sms`)).toBe(2);

  const first = await list(`userId=${userId}&limit=4`);
  const second = await list(`userId=${userId}&limit=4&cursor=${first.next}`);
  const times = [...first.items, ...second.items].map(({ createdAt }) => createdAt);
  expect(times).toHaveLength(6);
  expect(times).toEqual(times.toSorted().reverse());
  expect((await list(`orderId=${hub.orders.id}&cursor=${first.next}`)).code).toBe('REQUEST_INVALID');
});
