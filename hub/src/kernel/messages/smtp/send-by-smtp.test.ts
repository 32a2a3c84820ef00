import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { describe, expect, test } from 'vitest';
import { type CarrierServer, carrierContract } from '../carrier.contract.ts';
import { MAIL } from '../messages.contract.ts';
import { sendBySmtp } from './send-by-smtp.ts';

const PASSWORD = 'sekret/of smtp';
const from = 'Butik <butik@example.com>';

interface SmtpServer extends CarrierServer {
  port: number;
  /** Whether TLS was on when each mail came. */
  secure: boolean[];
  logins: number;
}

/** A real SMTP server, with the certificate of its library: one that nobody should trust. */
async function start(options: { tls?: boolean } = {}): Promise<SmtpServer> {
  const sockets = new Set<Socket>();
  const smtp: SMTPServer = new SMTPServer({
    authOptional: true,
    disabledCommands: options.tls === false ? ['STARTTLS'] : [],
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, answer) {
      server.logins++;
      if (server.mood === 'deny') {
        server.asked++;
        answer(refusal(535, `Authentication failed for ${username}:${password}`));
      } else answer(null, { user: username });
    },
    onRcptTo(_address, _session, answer) {
      server.asked++;
      if (server.mood === 'cut') for (const socket of sockets) socket.destroy();
      else if (server.mood === 'refuse') answer(refusal(550, `No such user here (${PASSWORD})`));
      else if (server.mood === 'later') answer(refusal(451, `Greylisted, try again (${PASSWORD})`));
      else if (server.mood !== 'hang') answer();
    },
    onData(stream, { secure }, answer) {
      text(stream).then((mail) => {
        server.taken.push(mail);
        server.secure.push(secure);
        answer();
      }, answer);
    },
  });
  smtp.on('error', () => undefined);
  smtp.server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => smtp.listen({ port: 0, host: '127.0.0.1' }, resolve));
  const server: SmtpServer = {
    mood: 'take',
    taken: [],
    asked: 0,
    secure: [],
    logins: 0,
    port: (smtp.server.address() as AddressInfo).port,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => smtp.close(() => resolve()));
    },
  };
  return server;
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

const addressOf = ({ port }: SmtpServer, query = '') =>
  `smtp://butik:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}${query}`;
const trusting = '?tls.rejectUnauthorized=false';

describe('mail by SMTP', () => {
  carrierContract({
    channel: 'mail',
    message: MAIL,
    arrives: [
      'Subject: Order 17',
      'Thank you for order 17.',
      '<p>Thank',
      `From: ${from}`,
      `<${MAIL.id}@butik>`,
    ],
    reason: '550',
    secrets: [PASSWORD, encodeURIComponent(PASSWORD)],
    moods: ['take', 'refuse', 'later', 'deny', 'hang', 'cut'],
    start,
    open: (server, limits) => sendBySmtp({ url: addressOf(server as SmtpServer, trusting), from, ...limits }),
  });
});

test('TLS is used when the server offers it', async () => {
  const server = await start();
  const smtp = sendBySmtp({ url: addressOf(server, trusting), from });
  await smtp.send(MAIL);
  expect(server.secure).toEqual([true]);
  await smtp.close();
  await server.close();
});

test('a server without TLS is taken on this machine', async () => {
  const server = await start({ tls: false });
  const smtp = sendBySmtp({ url: addressOf(server), from });
  await smtp.send(MAIL);
  expect(server.secure).toEqual([false]);
  await smtp.close();
  await server.close();
});

test('a server whose certificate nobody vouches for gets neither the password nor the mail', async () => {
  const server = await start();
  const smtp = sendBySmtp({ url: addressOf(server), from });
  await expect(smtp.send(MAIL)).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    details: { part: 'smtp' },
  });
  expect([server.logins, server.asked]).toEqual([0, 0]);
  await smtp.close();
  await server.close();
});

test('letters beyond ASCII arrive as they were written', async () => {
  const server = await start({ tls: false });
  const smtp = sendBySmtp({ url: addressOf(server), from });
  await smtp.send({
    id: 'a',
    to: 'asa@example.com',
    subject: 'Beställning 17 på väg',
    text: 'Tack så mycket! 🥐',
  });
  const mail = server.taken[0] ?? '';
  expect(mail).toContain('=?UTF-8?Q?Best=C3=A4llning_17_p=C3=A5_v=C3=A4g?=');
  expect(mail.split('\r\n\r\n')[1]).toMatch(/Tack s=C3=A5 mycket! =F0=9F=A5=90|VGFjayBzw6UgbXlja2V0ISDwn6WQ/);
  await smtp.close();
  await server.close();
});
