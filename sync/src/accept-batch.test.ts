import { hash } from 'node:crypto';
import type { Fact } from '@butik/proto/facts/sync-wire';
import { expect, test } from 'vitest';
import { acceptBatch, type Cursor, EMPTY_CURSOR } from './accept-batch.ts';
import { makeFacts } from './testing/make-facts.ts';
import { createIds, numberedId } from './testing/numbered-id.ts';

const sha256 = (text: string) => hash('sha256', text, 'hex');
const sender = { node: numberedId(900), epoch: 1 };
const chain = makeFacts({ sha256, owner: sender, newId: createIds(), count: 6 });
const other = makeFacts({ sha256, owner: sender, newId: createIds(500), count: 6 });

const after = (held: Fact[]): Cursor =>
  held.length === 0 ? EMPTY_CURSOR : { acknowledged: held.at(-1)!.seq, hash: held.at(-1)!.hash };

function decide(held: Fact[], facts: Fact[], request: object = {}) {
  const cursor = after(held);
  const from = facts[0]!.seq - 1;
  const inRange = held.filter(({ seq }) => seq >= from && seq <= facts.at(-1)!.seq + 1);
  return acceptBatch({
    sha256,
    sender,
    cursor,
    held: new Map(inRange.map((fact) => [fact.seq, fact])),
    request: { ...sender, channel: 'orders', facts, ...request },
  });
}

test('the first batch and the one after it are appended', () => {
  expect(decide([], chain.slice(0, 3))).toEqual({ kind: 'append', facts: chain.slice(0, 3) });
  expect(decide(chain.slice(0, 3), chain.slice(3))).toEqual({ kind: 'append', facts: chain.slice(3) });
});

test('[U6] a batch that came before is a repeat', () => {
  expect(decide(chain, chain)).toEqual({ kind: 'repeat' });
  expect(decide(chain, chain.slice(2, 4))).toEqual({ kind: 'repeat' });
});

test('[U6] of a batch that overlaps, the tail is appended', () => {
  expect(decide(chain.slice(0, 4), chain.slice(1))).toEqual({ kind: 'append', facts: chain.slice(4) });
});

test('[U7] a batch after a gap is refused with the number that is expected', () => {
  expect(() => decide(chain.slice(0, 2), chain.slice(3))).toThrow(
    expect.objectContaining({ code: 'FACT_SEQUENCE_GAP', details: { channel: 'orders', expected: 3 } }),
  );
  expect(() => decide([], chain.slice(1))).toThrow(expect.objectContaining({ code: 'FACT_SEQUENCE_GAP' }));
});

test('[U8] another fact under a held number is a fork', () => {
  expect(decide(chain.slice(0, 3), other.slice(0, 3))).toEqual({ kind: 'fork', seq: 1 });
  expect(decide(chain.slice(0, 3), other)).toEqual({ kind: 'fork', seq: 1 });
});

test('[U8] a new fact that follows another one than is held is a fork', () => {
  expect(decide(chain.slice(0, 3), other.slice(3))).toEqual({ kind: 'fork', seq: 3 });
});

test('[U8] a held fact that is said to follow another one is a fork', () => {
  const [second] = makeFacts({ sha256, owner: sender, newId: createIds(700), count: 1, after: other[0]! });
  expect(decide(chain.slice(0, 3), [second!])).toEqual({ kind: 'fork', seq: 2 });
});

test('[U9] facts under another box’s or epoch’s name are refused', () => {
  expect(() => decide([], chain, { node: numberedId(901) })).toThrow(
    expect.objectContaining({ code: 'FACT_FOREIGN' }),
  );
  expect(() => decide([], chain, { epoch: 2 })).toThrow(expect.objectContaining({ code: 'FACT_FOREIGN' }));
});

test('[U9] facts that another box wrote are refused by their hashes', () => {
  const foreign = makeFacts({
    sha256,
    owner: { node: numberedId(901), epoch: 1 },
    newId: createIds(),
    count: 2,
  });
  expect(() => decide([], foreign)).toThrow(expect.objectContaining({ code: 'FACT_HASH_MISMATCH' }));
});

test('[U9] a fact of another channel, a hole or a first fact that follows something is refused', () => {
  const [stray] = makeFacts({ sha256, owner: sender, newId: createIds(), count: 1, channel: 'stock' });
  expect(() => decide([], [stray!])).toThrow(expect.objectContaining({ code: 'BATCH_MALFORMED' }));
  expect(() => decide([], [chain[0]!, chain[2]!])).toThrow(
    expect.objectContaining({ code: 'BATCH_MALFORMED' }),
  );
  const [first] = makeFacts({
    sha256,
    owner: sender,
    newId: createIds(),
    count: 1,
    after: { seq: 0, hash: 'a'.repeat(64) },
  });
  expect(() => decide([], [first!])).toThrow(expect.objectContaining({ code: 'FACT_HASH_MISMATCH' }));
});

test('[U23] facts that the hub has lost fill their place, and those it still has are not taken twice', () => {
  const holed = [...chain.slice(0, 1), ...chain.slice(4)];
  expect(decide(holed, chain.slice(1, 4))).toEqual({ kind: 'append', facts: chain.slice(1, 4) });
  expect(decide(holed, chain)).toEqual({ kind: 'append', facts: chain.slice(1, 4) });
  expect(decide(holed, chain.slice(1, 2))).toEqual({ kind: 'append', facts: chain.slice(1, 2) });
});

test('[U23] another fact in the place of a lost one is a fork', () => {
  const holed = [...chain.slice(0, 1), ...chain.slice(4)];
  const begins = makeFacts({ sha256, owner: sender, newId: createIds(800), count: 3, after: chain[0]! });
  expect(decide(holed, begins)).toEqual({ kind: 'fork', seq: 4 });
  expect(decide(holed, other.slice(1, 3))).toEqual({ kind: 'fork', seq: 1 });
});

test('[U23] a batch into the middle of what was lost is asked to begin earlier', () => {
  expect(() => decide([...chain.slice(0, 1), ...chain.slice(5)], chain.slice(2, 4))).toThrow(
    expect.objectContaining({ code: 'FACT_SEQUENCE_GAP', details: { channel: 'orders', expected: 2 } }),
  );
});
