import { type AddressInfo, createServer } from 'node:net';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { Mailbox } from './mailbox/open-mailbox.ts';
import { MAIL, PUSH, SMS } from './messages.contract.ts';
import type { Delivery } from './messages.ts';
import { type MessagesOptions, openMessages } from './open-messages.ts';

const logger = pino({ level: 'silent' });
const mailFrom = 'Butik <butik@example.com>';
const delivery: Delivery = { carrier: 'mailbox', carrierId: '1' };
const take = async () => delivery;
const mailbox = { sendMail: take, sendSms: take, sendPush: take } as unknown as Mailbox;

/** An address at which nobody listens any more: who was asked shows in the error. */
async function nobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

async function carriers(config: Partial<MessagesOptions['config']>): Promise<string[]> {
  const messages = await openMessages({ config: { mailFrom, ...config }, mailbox, logger });
  const asked = [messages.sendMail(MAIL), messages.sendSms(SMS), messages.sendPush(PUSH)];
  const named = asked.map((sending) =>
    sending.then(
      ({ carrier }) => carrier,
      ({ details }) => details.part,
    ),
  );
  const names = await Promise.all(named);
  await messages.close();
  return names;
}

test('what nobody is configured to carry stays in the mailbox', async () => {
  expect(await carriers({})).toEqual(['mailbox', 'mailbox', 'mailbox']);
});

test('a carrier that is configured is asked, and the mailbox has the rest', async () => {
  expect(await carriers({ smtpUrl: `smtp://${await nobody()}` })).toEqual(['smtp', 'mailbox', 'mailbox']);
});

test('credentials that cannot be read stop the start', async () => {
  await expect(carriers({ fcmCredentialsFile: 'not-there.json' })).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    details: { fields: [{ path: 'fcmCredentialsFile', message: 'ENOENT' }] },
  });
});
