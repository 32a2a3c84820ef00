import { ButikError } from '@butik/proto/errors/butik-error';
import type { Fact, PushRequest } from '@butik/proto/facts/sync-wire';
import { type ChainOwner, GENESIS_HASH, type Sha256, verifyChain } from './hash-chain.ts';

/** Where a channel of a box stands at the hub. */
export interface Cursor {
  /** Highest sequence number up to which everything is held; 0 when nothing is. */
  acknowledged: number;
  /** Hash of that fact; GENESIS_HASH when nothing is held. */
  hash: string;
}

export const EMPTY_CURSOR: Cursor = { acknowledged: 0, hash: GENESIS_HASH };

export type Decision =
  /** These facts are new: hold them, then acknowledge the last. */
  | { kind: 'append'; facts: Fact[] }
  /** Everything is held already: acknowledge again, without effect. */
  | { kind: 'repeat' }
  /** The box sent another fact under `seq` than before: fence it. */
  | { kind: 'fork'; seq: number };

/** The hashes of a fact that the hub holds. */
export type Held = Pick<Fact, 'hash' | 'prevHash'>;

/**
 * What the hub does with a batch; no effect of its own. `sender` is who signed the request and `held`
 * has the facts that the hub holds from the number before the batch's first up to the one after its last.
 * One that is missing among them, below the cursor, was lost; it is new when it fits between its neighbours.
 * Throws FACT_FOREIGN, BATCH_MALFORMED, FACT_HASH_MISMATCH {seq}, FACT_SEQUENCE_GAP {expected}.
 */
export function acceptBatch(input: {
  sha256: Sha256;
  sender: ChainOwner;
  cursor: Cursor;
  held: ReadonlyMap<number, Held>;
  request: PushRequest;
}): Decision {
  const { sha256, sender, cursor, held, request } = input;
  const { facts } = request;
  refuseForeign(sender, request);
  const first = facts[0]!;
  const expected = cursor.acknowledged + 1;
  if (first.seq > expected)
    throw new ButikError('FACT_SEQUENCE_GAP', { details: { channel: request.channel, expected } });
  verifyChain(sha256, sender, first.prevHash, facts);

  for (const { seq, hash } of facts) {
    if (seq <= cursor.acknowledged && (knownHash(cursor, held, seq) ?? hash) !== hash)
      return { kind: 'fork', seq };
  }
  if (first.seq === 1 && first.prevHash !== GENESIS_HASH) {
    throw new ButikError('FACT_HASH_MISMATCH', { details: { channel: request.channel, seq: 1 } });
  }
  const before = knownHash(cursor, held, first.seq - 1);
  if (first.seq > 1 && before === undefined) {
    const details = { channel: request.channel, expected: first.seq - 1 };
    throw new ButikError('FACT_SEQUENCE_GAP', { details });
  }
  if (first.seq > 1 && first.prevHash !== before) return { kind: 'fork', seq: first.seq - 1 };

  const fresh = facts.filter(({ seq }) => !held.has(seq));
  return fresh.length > 0 ? { kind: 'append', facts: fresh } : { kind: 'repeat' };
}

/** The hash that the fact of this number has, also when only the one after it, or the cursor, says so. */
function knownHash(cursor: Cursor, held: ReadonlyMap<number, Held>, seq: number): string | undefined {
  if (seq === cursor.acknowledged) return cursor.hash;
  return held.get(seq)?.hash ?? held.get(seq + 1)?.prevHash;
}

/** A fact does not name its box; one made under another identity shows only in its hash. */
function refuseForeign(sender: ChainOwner, request: PushRequest): void {
  if (request.node !== sender.node || request.epoch !== sender.epoch) {
    throw new ButikError('FACT_FOREIGN', { details: { node: request.node, epoch: request.epoch } });
  }
  const stray = request.facts.find((fact) => fact.channel !== request.channel);
  if (stray) {
    throw new ButikError('BATCH_MALFORMED', {
      details: {
        reason: `a fact of channel ${stray.channel} in a batch of ${request.channel}`,
        seq: stray.seq,
      },
    });
  }
}
