import { describe, expect, test } from 'vitest';
import { type CarrierServer, carrierContract } from '../carrier.contract.ts';
import { SMS } from '../messages.contract.ts';
import { type CarrierAnswer, type HttpCarrier, startHttpCarrier } from '../testing/start-http-carrier.ts';
import { sendByTwilio } from './send-by-twilio.ts';

const SID = 'ACtest';
const TOKEN = 'sekretoftwilio';
const basic = Buffer.from(`${SID}:${TOKEN}`).toString('base64');

/** Twilio's messages resource: a form out, JSON back. */
function start(): Promise<HttpCarrier> {
  let number = 0;
  return startHttpCarrier(({ line, headers }, mood) => {
    expect(line).toBe(`POST /2010-04-01/Accounts/${SID}/Messages.json`);
    expect(headers.authorization).toBe(`Basic ${basic}`);
    if (mood === 'take')
      return { status: 201, body: JSON.stringify({ sid: `SM${++number}`, status: 'queued' }) };
    const refusal = {
      refuse: () => problem(400, 21211, `Invalid 'To' Phone Number (${headers.authorization}, ${TOKEN})`),
      later: () => problem(503, 20503, `Service is unavailable (${headers.authorization})`),
      'too-many': () => problem(429, 20429, `Too Many Requests (${headers.authorization})`),
      deny: () => problem(401, 20003, `Authenticate ${SID}:${TOKEN}`),
    };
    return refusal[mood]();
  });
}

function problem(status: number, code: number, message: string): CarrierAnswer {
  return { status, body: JSON.stringify({ status, code, message, more_info: 'https://example.com' }) };
}

const open = (server: CarrierServer, options = {}, from = '+46700000000') =>
  sendByTwilio({ account: `${SID}:${TOKEN}:${from}`, baseUrl: (server as HttpCarrier).address, ...options });

describe('SMS by Twilio', () => {
  carrierContract({
    channel: 'sms',
    message: SMS,
    address: encodeURIComponent(SMS.to),
    arrives: ['Body=Order%2017%20is%20ready.', `From=${encodeURIComponent('+46700000000')}`],
    reason: '21211: Invalid',
    secrets: [TOKEN, basic],
    moods: ['take', 'refuse', 'later', 'too-many', 'deny', 'hang', 'cut'],
    start,
    open,
  });
});

test('a messaging service may send, and a sender with a colon in its name', async () => {
  const server = await start();
  for (const [from, parameter] of [
    ['MG123', 'MessagingServiceSid=MG123'],
    ['a:b', 'From=a%3Ab'],
  ] as const) {
    const twilio = open(server, {}, from);
    await twilio.send(SMS);
    await twilio.close();
    expect(server.taken.pop()).toContain(parameter);
  }
  await server.close();
});

test('a sender that is not ours can be mended, so the message is not given up', async () => {
  const server = await startHttpCarrier(() => problem(400, 21606, "The 'From' number is not yours"));
  const twilio = open(server);
  await expect(twilio.send(SMS)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await twilio.close();
  await server.close();
});
