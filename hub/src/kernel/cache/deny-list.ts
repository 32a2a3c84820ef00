import type { Clock } from '../clock.ts';
import type { Cache } from './cache.ts';

/** Tokens that were revoked before their time. */
export interface DenyList {
  /** `expiresAt`: epoch milliseconds, the token's own end; one that has ended needs no entry. */
  deny(tokenId: string, expiresAt: number): Promise<void>;
  isDenied(tokenId: string): Promise<boolean>;
}

/**
 * Fails closed: while the cache is away, `isDenied` rejects with SERVICE_UNAVAILABLE and the request is refused.
 * A thief's token must not work again because an engine went down; those who are refused meanwhile try again.
 * Takes a cache that refuses rather than evicts: the place of a revoked token must not go to another entry.
 */
export function createDenyList(cache: Cache, clock: Clock): DenyList {
  const keyOf = (tokenId: string) => `denied:${tokenId}`;
  return {
    async deny(tokenId, expiresAt) {
      const ttlMs = Math.ceil(expiresAt - clock.now());
      if (ttlMs > 0) await cache.set(keyOf(tokenId), '1', { ttlMs });
    },
    async isDenied(tokenId) {
      return (await cache.get(keyOf(tokenId))) !== null;
    },
  };
}
