import { hash } from 'node:crypto';
import type { Fact } from '@butik/proto/facts/sync-wire';
import { expect, test } from 'vitest';
import { GENESIS_HASH, hashFact, verifyChain } from './hash-chain.ts';
import { makeFacts } from './testing/make-facts.ts';
import { createIds, numberedId } from './testing/numbered-id.ts';

const sha256 = (text: string) => hash('sha256', text, 'hex');
const owner = { node: numberedId(900), epoch: 1 };
const three = () => makeFacts({ sha256, owner, newId: createIds(), count: 3 });

test('[H1] the hash is SHA-256 over the header’s lines and the payload', () => {
  const [fact] = three();
  const text = `butik-fact-1\n${owner.node}\n1\norders\n1\n${fact!.id}\n1\n${GENESIS_HASH}\n${fact!.hlc}\nsale.recorded\n${fact!.id}\n{}`;
  expect(hashFact(sha256, owner, fact!)).toBe(sha256(text));
});

const changes: Partial<Fact>[] = [
  { id: numberedId(77) },
  { channel: 'stock' },
  { seq: 2 },
  { hlc: '001700000000001-00000-c1243ad4' },
  { type: 'stock.moved' },
  { version: 2 },
  { aggregate: numberedId(78) },
  { payload: '{"totalMinor":1}' },
  { prevHash: 'f'.repeat(64) },
];
test.each(changes)('[H1] a fact with another %o has another hash', (change) => {
  const [fact] = three();
  expect(hashFact(sha256, owner, { ...fact!, ...change })).not.toBe(fact!.hash);
});

test('[H1] the same fact of another box or epoch has another hash', () => {
  const [fact] = three();
  expect(hashFact(sha256, { ...owner, epoch: 2 }, fact!)).not.toBe(fact!.hash);
  expect(hashFact(sha256, { ...owner, node: numberedId(901) }, fact!)).not.toBe(fact!.hash);
});

test('[H2] an untouched chain verifies, from its beginning and from its middle', () => {
  const facts = three();
  verifyChain(sha256, owner, GENESIS_HASH, facts);
  verifyChain(sha256, owner, facts[0]!.hash, facts.slice(1));
  verifyChain(sha256, owner, GENESIS_HASH, []);
});

test('[H2] a chain that was tampered with is refused at the fact where it breaks', () => {
  const facts = three();
  facts[1] = { ...facts[1]!, payload: '{"totalMinor":0}' };
  expect(() => verifyChain(sha256, owner, GENESIS_HASH, facts)).toThrow(
    expect.objectContaining({ code: 'FACT_HASH_MISMATCH', details: { channel: 'orders', seq: 2 } }),
  );
});

test('[H2] a fact that was taken out, even with its neighbours hashed anew, is missed', () => {
  const [first, , third] = three();
  expect(() => verifyChain(sha256, owner, GENESIS_HASH, [first!, third!])).toThrow(
    expect.objectContaining({ code: 'BATCH_MALFORMED' }),
  );
  expect(() => verifyChain(sha256, owner, 'a'.repeat(64), [first!])).toThrow(
    expect.objectContaining({ code: 'FACT_HASH_MISMATCH' }),
  );
});

test.each(['hlc', 'type', 'aggregate'] as const)('[H3] a line break in %s is refused', (field) => {
  const [fact] = three();
  expect(() => hashFact(sha256, owner, { ...fact!, [field]: 'a\nb' })).toThrow(
    expect.objectContaining({ code: 'BATCH_MALFORMED' }),
  );
});
