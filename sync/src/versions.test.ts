import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { defineFact, type FactDefinition } from '@butik/proto/facts/define-fact';
import { FACTS } from '@butik/proto/facts/registry';
import { cursorsResponseSchema, pushRequestSchema, pushResponseSchema } from '@butik/proto/facts/sync-wire';
import { readsVersion, upcastFact } from '@butik/proto/facts/upcast-fact';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { GENESIS_HASH, verifyChain } from './hash-chain.ts';
import { fixtureUrl } from './testing/fixture-url.ts';

const readFixture = (name: string) => readFileSync(fixtureUrl(name), 'utf8');

const sha256 = (text: string) => hash('sha256', text, 'hex');
const pushes = ['push-orders', 'push-stock'].map((name) =>
  pushRequestSchema.parse(JSON.parse(readFixture(name))),
);

test('[V3] what a box of version 1 pushed is read whole, and its hashes are still those of today', () => {
  for (const [index, { node, epoch, facts }] of pushes.entries()) {
    expect(JSON.parse(readFixture(['push-orders', 'push-stock'][index]!))).toEqual(pushes[index]);
    expect(() => verifyChain(sha256, { node, epoch }, GENESIS_HASH, facts)).not.toThrow();
  }
});

test('[V2] every payload of version 1 is one of today, after the upcasts of its type', () => {
  for (const fact of pushes.flatMap(({ facts }) => facts)) {
    const definition: FactDefinition = FACTS.find(({ type }) => type === fact.type)!;
    expect(readsVersion(definition, fact.version)).toBe(true);
    const payload = upcastFact(definition, fact.version, JSON.parse(fact.payload));
    expect(definition.payload.safeParse(payload)).toMatchObject({ success: true });
  }
});

test('[V2] a fact is upcast step by step, and one that is newer than the hub is not read', () => {
  const door = defineFact({
    type: 'door.opened',
    version: 3,
    channel: 'operations',
    payload: z.strictObject({ doors: z.array(z.string()), reason: z.string() }),
    upcasts: {
      1: (payload) => ({ doors: [(payload as { door: string }).door] }),
      2: (payload) => ({ ...(payload as object), reason: 'unknown' }),
    },
  });
  expect(upcastFact(door, 1, { door: 'yard' })).toEqual({ doors: ['yard'], reason: 'unknown' });
  expect([1, 2, 3, 4].map((version) => readsVersion(door, version))).toEqual([true, true, true, false]);
});

test('[V1] fields that are not known are passed over, in requests and in answers, and a bad reoffer is none', () => {
  const [push] = pushes;
  const newer = { ...push, mood: 'good', facts: push!.facts.map((fact) => ({ ...fact, colour: 'red' })) };
  expect(pushRequestSchema.parse(newer)).toEqual(push);
  const answer = JSON.parse(readFixture('push-orders-answer'));
  expect(pushResponseSchema.parse({ ...answer, mood: 'good', reoffer: 'all' })).toEqual(answer);
  const cursors = JSON.parse(readFixture('cursors-answer'));
  expect(cursorsResponseSchema.parse({ ...cursors, mood: 'good' })).toEqual(cursors);
});
