import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CarrierServer, carrierContract } from '../carrier.contract.ts';
import { PUSH } from '../messages.contract.ts';
import { type CarrierAnswer, type HttpCarrier, startHttpCarrier } from '../testing/start-http-carrier.ts';
import { sendByFcm } from './send-by-fcm.ts';

const TOKEN = 'sekret-access-token';
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'butik-fcm-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** FCM's HTTP v1 API, and Google's endpoint for access tokens beside it. */
function start(): Promise<HttpCarrier> {
  let number = 0;
  return startHttpCarrier(({ line, headers, body }, mood) => {
    if (line === 'POST /token') return giveToken(body);
    expect(line).toBe('POST /v1/projects/butik-test/messages:send');
    expect(headers.authorization).toBe(`Bearer ${TOKEN}`);
    if (mood === 'take') {
      return { status: 200, body: JSON.stringify({ name: `projects/butik-test/messages/${++number}` }) };
    }
    const refusal = {
      refuse: () =>
        problem(
          404,
          'NOT_FOUND',
          `Requested entity was not found (${headers.authorization}).`,
          'UNREGISTERED',
        ),
      later: () => problem(503, 'UNAVAILABLE', `The service is unavailable (${headers.authorization}).`),
      'too-many': () => problem(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.', 'QUOTA_EXCEEDED'),
      deny: () => problem(401, 'UNAUTHENTICATED', `Invalid credentials: ${headers.authorization}`),
    };
    return refusal[mood]();
  });
}

function giveToken(body: string): CarrierAnswer {
  const assertion = new URLSearchParams(body).get('assertion') ?? '';
  const claims = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString());
  expect(claims).toMatchObject({
    iss: 'butik@example.com',
    scope: 'https://www.googleapis.com/auth/firebase.messaging',
  });
  const answer = { access_token: TOKEN, expires_in: 3600, token_type: 'Bearer' };
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(answer),
    message: false,
  };
}

function problem(code: number, status: string, message: string, errorCode?: string): CarrierAnswer {
  const details = errorCode
    ? [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }]
    : [];
  return { status: code, body: JSON.stringify({ error: { code, status, message, details } }) };
}

async function open(server: CarrierServer, options = {}) {
  const { address } = server as HttpCarrier;
  const credentialsFile = join(folder, `${new URL(address).port}.json`);
  const account = {
    type: 'service_account',
    project_id: 'butik-test',
    client_email: 'butik@example.com',
    private_key: privateKey,
    token_uri: `${address}/token`,
  };
  await writeFile(credentialsFile, JSON.stringify(account));
  return sendByFcm({ credentialsFile, baseUrl: address, ...options });
}

describe('push by FCM', () => {
  carrierContract({
    channel: 'push',
    message: PUSH,
    arrives: ['"title":"Order 17"', '"body":"It is ready."', '"orderId":"17"'],
    reason: 'UNREGISTERED: Requested entity',
    secrets: [TOKEN, privateKey, privateKey.split('\n')[1] ?? ''],
    moods: ['take', 'refuse', 'later', 'too-many', 'deny', 'hang', 'cut'],
    start,
    open,
  });
});

test('one access token serves many messages, and one that is turned down is fetched anew', async () => {
  const lines: string[] = [];
  let good = 'first';
  const server = await startHttpCarrier(({ line, headers }) => {
    lines.push(line.split(' ')[1] ?? '');
    if (line === 'POST /token') {
      const answer = { access_token: good, expires_in: 3600, token_type: 'Bearer' };
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(answer),
        message: false,
      };
    }
    if (headers.authorization !== `Bearer ${good}`) return problem(401, 'UNAUTHENTICATED', 'No.');
    return { status: 200, body: JSON.stringify({ name: 'projects/butik-test/messages/1' }) };
  });
  const fcm = await open(server);
  await fcm.send(PUSH);
  await fcm.send(PUSH);
  expect(lines.filter((line) => line === '/token')).toHaveLength(1);
  good = 'second';
  await expect(fcm.send(PUSH)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await fcm.send(PUSH);
  expect(lines.filter((line) => line === '/token')).toHaveLength(2);
  await server.close();
});

test('a service account that Google does not know is no fault of the message', async () => {
  const server = await startHttpCarrier(() => ({
    status: 400,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }),
  }));
  const fcm = await open(server);
  await expect(fcm.send(PUSH)).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    details: { reason: expect.stringContaining('invalid_grant') },
  });
  await server.close();
});

test.for([
  ['{"project_id":"butik-test"}', 'client_email, private_key'],
  ['sekret that is not JSON', 'is not JSON'],
] as const)(
  'a credentials file that is none stops the start with the setting’s name',
  async ([content, why]) => {
    const credentialsFile = join(folder, 'bad.json');
    await writeFile(credentialsFile, content);
    const error = await sendByFcm({ credentialsFile }).catch((thrown) => thrown);
    expect(error).toMatchObject({
      code: 'REQUEST_INVALID',
      details: { fields: [{ path: 'fcmCredentialsFile' }] },
    });
    expect(error.message).toContain(why);
    expect(error.message).not.toContain('sekret');
  },
);
