import { generateKeyPairSync } from 'node:crypto';
import { ButikError } from '@butik/proto/errors/butik-error';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enrolBox } from './testing/test-box.ts';
import { HUB_TIME_MS, openTestHub, SHOP_ID, type TestHub } from './testing/test-hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await openTestHub();
});
afterAll(() => hub.close());

const problem = (status: number, code: string, details?: object) => ({
  status,
  body: expect.objectContaining({ code, ...(details && { details: expect.objectContaining(details) }) }),
});

test('[I1] an unsigned push is refused', async () => {
  expect(await enrolBox(hub).pushBytes(new Uint8Array([1]), { token: null })).toEqual(
    problem(401, 'NODE_TOKEN_INVALID'),
  );
});

test('[I1] a token of another key, of an unknown box or in another’s name is refused', async () => {
  const box = enrolBox(hub);
  const other = enrolBox(hub);
  const { privateKey } = generateKeyPairSync('ed25519');
  const forged = [
    await box.sign({}, { key: privateKey }),
    await box.sign({}, { kid: `${other.nodeId}.1` }),
    await box.sign({}, { kid: `${box.nodeId}.2` }),
    await box.sign({}, { kid: 'me' }),
    await box.sign({ epoch: 2 }),
    'a.b.c',
  ];
  for (const token of forged) expect(await box.cursors(token)).toEqual(problem(401, 'NODE_TOKEN_INVALID'));
  expect((await box.cursors()).status).toBe(200);
});

test('[I2] a body that is not the one that was signed is refused', async () => {
  const box = enrolBox(hub);
  const signed = await box.sign({ bodySha256: 'a'.repeat(64) });
  expect(await box.pushBytes(new Uint8Array([1]), { token: signed })).toEqual(
    problem(401, 'BATCH_SIGNATURE_MISMATCH'),
  );
  const unsaid = await box.sign();
  expect(await box.pushBytes(new Uint8Array([1]), { token: unsaid })).toEqual(
    problem(401, 'BATCH_SIGNATURE_MISMATCH'),
  );
});

test('[I3] a token of more than a minute ago or ahead is stale, and the hub tells its time', async () => {
  const box = enrolBox(hub);
  for (const offset of [-61_000, 62_000]) {
    const token = await box.sign({}, { atMs: HUB_TIME_MS + offset });
    expect(await box.cursors(token)).toEqual(problem(401, 'NODE_TOKEN_STALE', { hubTimeMs: HUB_TIME_MS }));
  }
  for (const offset of [-59_000, 59_000]) {
    expect((await box.cursors(await box.sign({}, { atMs: HUB_TIME_MS + offset }))).status).toBe(200);
  }
});

test('[I4] a token is good once', async () => {
  const box = enrolBox(hub);
  const token = await box.sign();
  expect((await box.cursors(token)).status).toBe(200);
  expect(await box.cursors(token)).toEqual(
    problem(401, 'NODE_TOKEN_INVALID', { reason: 'the token was used before' }),
  );
});

test('[I5] a box that the shop service fences is refused within five seconds', async () => {
  const box = enrolBox(hub);
  expect((await box.cursors()).status).toBe(200);
  hub.nodes.get(`${box.nodeId}.1`)!.fencedReason = 'replaced';
  hub.clock.ms += 5_000;
  expect(await box.cursors()).toEqual(problem(403, 'NODE_FENCED', { reason: 'replaced' }));
  hub.clock.ms = HUB_TIME_MS;
});

test('[I6] a box enrols with its token and learns who it is', async () => {
  const seen: string[] = [];
  hub.enrol.call = (token, publicKeyX) => {
    seen.push(token, publicKeyX);
    return { nodeId: '01900000-0000-7000-8000-00000000c001', epoch: 3 };
  };
  const publicKey = { kty: 'OKP', crv: 'Ed25519', x: 'x'.repeat(43) };
  const answer = await hub.postJson('/sync/v1/enrol', { token: 't'.repeat(32), publicKey });
  expect(answer).toEqual({
    status: 201,
    body: {
      nodeId: '01900000-0000-7000-8000-00000000c001',
      epoch: 3,
      shop: expect.objectContaining({ shopId: SHOP_ID, name: 'Hörnan', currency: 'SEK' }),
      hubTimeMs: HUB_TIME_MS,
    },
  });
  expect(seen).toEqual(['t'.repeat(32), 'x'.repeat(43)]);
});

test.each(['ENROLMENT_TOKEN_INVALID', 'ENROLMENT_TOKEN_USED', 'ENROLMENT_TOKEN_EXPIRED'] as const)(
  '[I6] what the shop service says of a token is passed on: %s',
  async (code) => {
    hub.enrol.call = () => {
      throw new ButikError(code);
    };
    const publicKey = { kty: 'OKP', crv: 'Ed25519', x: 'x'.repeat(43) };
    const { body } = await hub.postJson('/sync/v1/enrol', { token: 't'.repeat(32), publicKey });
    expect(body).toEqual(expect.objectContaining({ code }));
  },
);

test('an enrolment that is not one is refused with the field', async () => {
  const answer = await hub.postJson('/sync/v1/enrol', { token: 'short', publicKey: { kty: 'RSA' } });
  expect(answer.status).toBe(400);
  expect(answer.body).toEqual(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});
