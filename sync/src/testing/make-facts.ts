import type { Channel } from '@butik/proto/facts/define-fact';
import type { Fact } from '@butik/proto/facts/sync-wire';
import { type ChainOwner, GENESIS_HASH, hashFact, type Sha256 } from '../hash-chain.ts';

/** For tests: `count` chained facts of one channel, as a box would write them. */
export function makeFacts(options: {
  sha256: Sha256;
  owner: ChainOwner;
  newId: () => string;
  count: number;
  channel?: Channel;
  after?: Pick<Fact, 'seq' | 'hash'>;
  hlc?: string;
  fact?: (index: number) => Partial<Pick<Fact, 'type' | 'version' | 'aggregate' | 'payload'>>;
}): Fact[] {
  const { sha256, owner, newId, channel = 'orders', hlc = '001700000000000-00000-c1243ad4' } = options;
  const facts: Fact[] = [];
  let previous = options.after ?? { seq: 0, hash: GENESIS_HASH };
  for (let index = 0; index < options.count; index += 1) {
    const id = newId();
    const fact = {
      id,
      channel,
      seq: previous.seq + 1,
      hlc,
      type: 'sale.recorded',
      version: 1,
      aggregate: id,
      payload: '{}',
      prevHash: previous.hash,
      ...options.fact?.(index),
    };
    previous = { ...fact, hash: hashFact(sha256, owner, fact) };
    facts.push(previous as Fact);
  }
  return facts;
}
