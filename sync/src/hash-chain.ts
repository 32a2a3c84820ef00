import { ButikError } from '@butik/proto/errors/butik-error';
import type { Fact } from '@butik/proto/facts/sync-wire';

/** SHA-256 of the text's UTF-8 bytes as 64 lower-case hex digits; handed in, so that this room needs no Node module. */
export type Sha256 = (text: string) => string;

/** What the first fact of every channel follows. */
export const GENESIS_HASH = '0'.repeat(64);

/** The box that a chain belongs to. */
export interface ChainOwner {
  node: string;
  epoch: number;
}

const FORMAT = 'butik-fact-1';

/**
 * The hash of a fact: SHA-256 over a header of one field a line, then the payload's text. A line
 * break in a header field would let two facts share one text, so it is refused: BATCH_MALFORMED.
 */
export function hashFact(sha256: Sha256, owner: ChainOwner, fact: Omit<Fact, 'hash'>): string {
  const header = `${fact.hlc}\n${fact.type}\n${fact.aggregate}`;
  if (header.split('\n').length !== 3) {
    throw new ButikError('BATCH_MALFORMED', {
      details: { reason: 'hlc, type or aggregate has a line break', seq: fact.seq },
    });
  }
  return sha256(
    `${FORMAT}\n${owner.node}\n${owner.epoch}\n${fact.channel}\n${fact.seq}\n${fact.id}\n${fact.version}\n${fact.prevHash}\n${header}\n${fact.payload}`,
  );
}

/**
 * Checks that the facts follow `previousHash` and each other without a gap, and that each has the
 * hash it states. Throws FACT_HASH_MISMATCH {seq}, or BATCH_MALFORMED where numbers do not follow.
 */
export function verifyChain(
  sha256: Sha256,
  owner: ChainOwner,
  previousHash: string,
  facts: readonly Fact[],
): void {
  let previous = previousHash;
  let seq = facts[0]?.seq ?? 0;
  for (const fact of facts) {
    if (fact.seq !== seq) {
      throw new ButikError('BATCH_MALFORMED', {
        details: { reason: 'sequence numbers do not follow each other', seq: fact.seq, expected: seq },
      });
    }
    if (fact.prevHash !== previous || fact.hash !== hashFact(sha256, owner, fact)) {
      throw new ButikError('FACT_HASH_MISMATCH', { details: { channel: fact.channel, seq } });
    }
    previous = fact.hash;
    seq += 1;
  }
}
