import { createHttpServer, type HttpServer } from '@butik/proto/http/create-http-server';
import { sql as template } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openPgliteSql } from '../../sql/pglite/open-pglite-sql.ts';
import type { Sql } from '../../sql/sql.ts';
import { MAIL, messagesContract, PUSH, SMS } from '../messages.contract.ts';
import { mailboxRoutes } from './mailbox-routes.ts';
import { type KeptMessage, type Mailbox, openMailbox } from './open-mailbox.ts';

const clock = { now: () => Date.parse('2026-11-22T12:00:00.000Z') };
let sql: Sql;
let mailbox: Mailbox;
beforeAll(async () => {
  sql = await openPgliteSql({ directory: 'memory' });
  mailbox = await openMailbox({ sql, clock });
}, 60_000);
afterEach(() => sql.rows(template`TRUNCATE messages.mailbox`));
afterAll(() => sql.close());
const close = async () => undefined;
const ids = (kept: KeptMessage[]) => kept.map(({ message }) => message.id);

describe('mail in the mailbox', () =>
  messagesContract('mail', MAIL, () => ({ send: mailbox.sendMail, close })));
describe('SMS in the mailbox', () => messagesContract('sms', SMS, () => ({ send: mailbox.sendSms, close })));
describe('push in the mailbox', () =>
  messagesContract('push', PUSH, () => ({ send: mailbox.sendPush, close })));

test('what is kept is the message, whole', async () => {
  const { carrierId } = await mailbox.sendMail(MAIL);
  expect(await mailbox.read(MAIL.id)).toEqual({
    number: Number(carrierId),
    channel: 'mail',
    message: MAIL,
    keptAt: '2026-11-22T12:00:00.000Z',
  });
  await mailbox.sendPush({ ...PUSH, id: 'push' });
  expect(await mailbox.read('push')).toMatchObject({ channel: 'push', message: { data: { orderId: '17' } } });
});

test('a message that comes twice is one message, as it came first', async () => {
  const first = await mailbox.sendMail(MAIL);
  expect(await mailbox.sendMail({ ...MAIL, text: 'again' })).toEqual(first);
  const twice = await Promise.all([1, 2, 3].map(() => mailbox.sendSms({ ...SMS, id: 'at-once' })));
  expect(new Set(twice.map(({ carrierId }) => carrierId)).size).toBe(1);
  expect(ids(await mailbox.list({ limit: 10 }))).toEqual(['at-once', MAIL.id]);
  expect((await mailbox.read(MAIL.id)).message).toEqual(MAIL);
});

test('when the mailbox is full the oldest go', async () => {
  const small = await openMailbox({ sql, clock, maxMessages: 2 });
  for (const id of ['a', 'b', 'c']) await small.sendSms({ ...SMS, id });
  expect(ids(await small.list({ limit: 10 }))).toEqual(['c', 'b']);
});

test('messages are there after a restart', async () => {
  await mailbox.sendSms(SMS);
  const again = await openMailbox({ sql, clock });
  expect(ids(await again.list({ limit: 10 }))).toEqual([SMS.id]);
});

test('a closed mailbox takes nothing', async () => {
  const closed = await openMailbox({ sql, clock });
  await closed.close();
  await expect(closed.sendSms(SMS)).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    details: { part: 'mailbox' },
  });
});

describe('head office', () => {
  let app: HttpServer;
  beforeAll(async () => {
    app = await createHttpServer({ logger: pino({ level: 'silent' }), title: 'test', version: '0' });
    await app.register(mailboxRoutes(mailbox));
  });
  afterAll(() => app.close());

  test('reads what would have been sent, the newest first, page by page', async () => {
    for (const id of ['a', 'b', 'c']) await mailbox.sendSms({ ...SMS, id });
    const first = (await app.inject('/v1/mailbox?limit=2')).json();
    expect(ids(first.items)).toEqual(['c', 'b']);
    const second = (await app.inject(`/v1/mailbox?limit=2&cursor=${first.next}`)).json();
    expect(ids(second.items)).toEqual(['a']);
    expect(second.next).toBeNull();
  });

  test('finds the mailbox in the description of the API', async () => {
    const { paths } = (await app.inject('/openapi.json')).json();
    expect(Object.keys(paths)).toEqual(['/v1/mailbox', '/v1/mailbox/{messageId}']);
  });

  test('reads one message by its id', async () => {
    await mailbox.sendMail(MAIL);
    expect((await app.inject(`/v1/mailbox/${MAIL.id}`)).json()).toMatchObject({
      channel: 'mail',
      message: MAIL,
    });
    expect((await app.inject('/v1/mailbox/none')).json()).toMatchObject({
      status: 404,
      code: 'NOTIFICATION_NOT_FOUND',
    });
  });

  test.for(['limit=0', 'limit=201', 'cursor=x', 'cursor=-1', 'from=1'])(
    'is told of a bad page: %s',
    async (query) => {
      expect((await app.inject(`/v1/mailbox?${query}`)).json()).toMatchObject({
        status: 400,
        code: 'REQUEST_INVALID',
      });
    },
  );
});
