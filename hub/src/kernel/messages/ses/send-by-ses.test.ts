import { describe, expect, test } from 'vitest';
import { type CarrierServer, carrierContract } from '../carrier.contract.ts';
import { MAIL } from '../messages.contract.ts';
import { type CarrierAnswer, type HttpCarrier, startHttpCarrier } from '../testing/start-http-carrier.ts';
import { sendBySes } from './send-by-ses.ts';

const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'sekret-of-ses' };
const from = 'Butik <butik@example.com>';

/** SES API v2: JSON over REST, the error's name in a header. */
function start(): Promise<HttpCarrier> {
  let number = 0;
  return startHttpCarrier(({ line, headers }, mood) => {
    expect(line).toBe('POST /v2/email/outbound-emails');
    expect(headers.authorization).toContain('Credential=AKIATEST/');
    if (mood === 'take') return { status: 200, body: JSON.stringify({ MessageId: `ses-${++number}` }) };
    const refusal = {
      refuse: () => problem(400, 'MessageRejected', 'Email address is on the suppression list.'),
      later: () => problem(503, 'InternalServiceErrorException', 'Try again.'),
      'too-many': () => problem(429, 'TooManyRequestsException', 'Maximum sending rate exceeded.'),
      deny: () =>
        problem(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.'),
    };
    return refusal[mood]();
  });
}

function problem(status: number, name: string, message: string): CarrierAnswer {
  return { status, headers: { 'x-amzn-errortype': name }, body: JSON.stringify({ message }) };
}

const open = (server: CarrierServer, options = {}) =>
  sendBySes({
    region: 'eu-north-1',
    from,
    endpoint: (server as HttpCarrier).address,
    credentials,
    ...options,
  });

describe('mail by SES', () => {
  carrierContract({
    channel: 'mail',
    message: MAIL,
    arrives: ['Order 17', 'Thank you for order 17.', '<p>Thank', from, MAIL.id],
    reason: 'suppression list',
    secrets: [credentials.secretAccessKey],
    moods: ['take', 'refuse', 'later', 'too-many', 'deny', 'hang', 'cut'],
    start,
    open,
  });
});

test('throttling by the gateway in front of SES is a limit too', async () => {
  const server = await startHttpCarrier(() => problem(400, 'ThrottlingException', 'Rate exceeded'));
  const ses = open(server);
  await expect(ses.send(MAIL)).rejects.toMatchObject({ code: 'RATE_LIMITED', details: { part: 'ses' } });
  await ses.close();
  await server.close();
});
