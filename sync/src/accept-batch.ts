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

/**
 * What the hub does with a batch; no effect of its own. `sender` is who signed the request and
 * `heldHashes` the hashes of the held facts from the batch's first number minus one up to its last.
 * Throws FACT_FOREIGN, BATCH_MALFORMED, FACT_HASH_MISMATCH {seq}, FACT_SEQUENCE_GAP {expected}.
 */
export function acceptBatch(input: {
  sha256: Sha256;
  sender: ChainOwner;
  cursor: Cursor;
  heldHashes: ReadonlyMap<number, string>;
  request: PushRequest;
}): Decision {
  const { sha256, sender, cursor, heldHashes, request } = input;
  const { facts } = request;
  refuseForeign(sender, request);
  const first = facts[0]!;
  const expected = cursor.acknowledged + 1;
  if (first.seq > expected)
    throw new ButikError('FACT_SEQUENCE_GAP', { details: { channel: request.channel, expected } });
  verifyChain(sha256, sender, first.prevHash, facts);

  for (const fact of facts) {
    if (fact.seq <= cursor.acknowledged && heldHashes.get(fact.seq) !== fact.hash)
      return { kind: 'fork', seq: fact.seq };
  }
  if (first.seq === 1 && first.prevHash !== GENESIS_HASH) {
    throw new ButikError('FACT_HASH_MISMATCH', { details: { channel: request.channel, seq: 1 } });
  }
  const before = first.seq === expected ? cursor.hash : heldHashes.get(first.seq - 1);
  if (first.seq > 1 && first.prevHash !== before) return { kind: 'fork', seq: first.seq - 1 };

  const fresh = facts.filter((fact) => fact.seq > cursor.acknowledged);
  return fresh.length > 0 ? { kind: 'append', facts: fresh } : { kind: 'repeat' };
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
