import { describe, expect } from 'vitest';
import { carrierContract } from '../carrier.contract.ts';
import { SMS } from '../messages.contract.ts';
import { type CarrierAnswer, type HttpCarrier, startHttpCarrier } from '../testing/start-http-carrier.ts';
import { sendBySns } from './send-by-sns.ts';

const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'sekret-of-sns' };

/** SNS: a form out, XML back. What is taken is kept as JSON. */
async function start(): Promise<HttpCarrier> {
  let number = 0;
  const server = await startHttpCarrier(({ headers, body }, mood) => {
    expect(headers.authorization).toContain('Credential=AKIATEST/');
    expect(new URLSearchParams(body).get('Action')).toBe('Publish');
    if (mood === 'take') {
      const id = `<PublishResult><MessageId>sns-${++number}</MessageId></PublishResult>`;
      return {
        status: 200,
        body: `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">${id}</PublishResponse>`,
      };
    }
    const refusal = {
      refuse: () => problem(400, 'InvalidParameter', 'Invalid parameter: PhoneNumber is opted out'),
      later: () => problem(500, 'InternalError', 'Try again.'),
      'too-many': () => problem(429, 'Throttled', 'Rate exceeded'),
      deny: () => problem(403, 'SignatureDoesNotMatch', 'The request signature does not match.'),
    };
    return refusal[mood]();
  });
  return server;
}

function problem(status: number, code: string, message: string): CarrierAnswer {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  return {
    status,
    body: `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">${error}</ErrorResponse>`,
  };
}

describe('SMS by SNS', () => {
  carrierContract({
    channel: 'sms',
    message: SMS,
    address: encodeURIComponent(SMS.to),
    arrives: ['Message=Order%2017%20is%20ready.', 'Transactional'],
    reason: 'opted out',
    secrets: [credentials.secretAccessKey],
    moods: ['take', 'refuse', 'later', 'too-many', 'deny', 'hang', 'cut'],
    start,
    open: (server, options) =>
      sendBySns({ region: 'eu-north-1', endpoint: (server as HttpCarrier).address, credentials, ...options }),
  });
});
