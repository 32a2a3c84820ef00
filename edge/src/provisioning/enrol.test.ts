import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ButikError } from '@butik/proto/errors/butik-error';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStubHub, type StubHub } from '../replication/testing/stub-hub.ts';
import { enrol } from './enrol.ts';
import { loadIdentity } from './load-identity.ts';

let hub: StubHub;
let dataFolder: string;
beforeEach(async () => {
  hub = await openStubHub();
  dataFolder = mkdtempSync(join(tmpdir(), 'butik-enrol-'));
});
afterEach(async () => {
  await hub.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

const token = 't'.repeat(32);

test('[I6] a box enrols with its token and knows who it is from then on', async () => {
  const identity = await enrol({ hubUrl: `${hub.url}/`, token, dataFolder });
  expect(identity).toMatchObject({ epoch: 1, hubUrl: hub.url, shop: { name: 'Hörnan' } });
  expect(await loadIdentity(dataFolder)).toEqual(identity);
  expect(hub.enrolled).toEqual([{ token, publicKeyX: identity.privateKey.x }]);
});

test('[I6] the private key stays on the box, in the one file that is made, for its owner only', async () => {
  const { privateKey } = await enrol({ hubUrl: hub.url, token, dataFolder });
  expect(readdirSync(dataFolder)).toEqual(['identity.json']);
  expect(statSync(join(dataFolder, 'identity.json')).mode & 0o777).toBe(0o600);
  expect(JSON.stringify(hub.enrolled)).not.toContain(privateKey.d);
});

test.each(['ENROLMENT_TOKEN_INVALID', 'ENROLMENT_TOKEN_USED', 'ENROLMENT_TOKEN_EXPIRED'] as const)(
  '[I6] what the hub says of the token reaches the person, and no identity is written: %s',
  async (code) => {
    hub.answers.push({ path: '/sync/v1/enrol', status: 0, error: new ButikError(code) });
    await expect(enrol({ hubUrl: hub.url, token, dataFolder })).rejects.toMatchObject({ code });
    expect(readdirSync(dataFolder)).toEqual(['identity.pending.json']);
    await expect(loadIdentity(dataFolder)).rejects.toMatchObject({ code: 'NOT_ENROLLED' });
  },
);

test('[I6] a box that is enrolled is not enrolled over', async () => {
  const identity = await enrol({ hubUrl: hub.url, token, dataFolder });
  await expect(enrol({ hubUrl: hub.url, token, dataFolder })).rejects.toMatchObject({
    code: 'ALREADY_ENROLLED',
  });
  expect(await loadIdentity(dataFolder)).toEqual(identity);
  expect(hub.enrolled).toHaveLength(1);
});

test('[I6] an answer that is lost after the hub enrolled the box is asked for again: one key, one epoch', async () => {
  const loseAnswer: typeof fetch = async (input, init) => {
    await (await fetch(input, init)).arrayBuffer();
    throw new TypeError('terminated');
  };
  const lost = enrol({ hubUrl: hub.url, token, dataFolder, fetch: loseAnswer });
  await expect(lost).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  expect(readdirSync(dataFolder)).toEqual(['identity.pending.json']);
  expect(statSync(join(dataFolder, 'identity.pending.json')).mode & 0o777).toBe(0o600);
  const identity = await enrol({ hubUrl: hub.url, token, dataFolder });
  expect(identity.epoch).toBe(1);
  expect(hub.enrolled).toEqual([{ token, publicKeyX: identity.privateKey.x }]);
  expect(readdirSync(dataFolder)).toEqual(['identity.json']);
});

test('[I6] a folder that holds a store is not enrolled: its facts are another epoch’s', async () => {
  writeFileSync(join(dataFolder, 'shop.db'), '');
  await expect(enrol({ hubUrl: hub.url, token, dataFolder })).rejects.toMatchObject({
    code: 'ALREADY_ENROLLED',
    message: expect.stringContaining('shop.db'),
  });
  expect(hub.enrolled).toEqual([]);
});

test('a key under way that cannot be read is not taken for none', async () => {
  writeFileSync(join(dataFolder, 'identity.pending.json'), '{');
  await expect(enrol({ hubUrl: hub.url, token, dataFolder })).rejects.toMatchObject({ code: 'INTERNAL' });
  expect(hub.enrolled).toEqual([]);
});

test('a hub that does not answer is told apart from one that refuses', async () => {
  await hub.close();
  await expect(enrol({ hubUrl: hub.url, token, dataFolder })).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
  });
  expect(readdirSync(dataFolder)).toEqual(['identity.pending.json']);
  hub = await openStubHub();
});

test('an identity that cannot be read is not taken for none', async () => {
  writeFileSync(join(dataFolder, 'identity.json'), readFileSync(new URL(import.meta.url)).subarray(0, 20));
  await expect(loadIdentity(dataFolder)).rejects.toMatchObject({ code: 'INTERNAL' });
  await expect(enrol({ hubUrl: hub.url, token, dataFolder })).rejects.toMatchObject({
    code: 'ALREADY_ENROLLED',
  });
});
