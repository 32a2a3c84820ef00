import { ButikError } from '@butik/proto/errors/butik-error';
import type { Clock } from '../../clock.ts';
import { assertEntry, type Cache } from '../cache.ts';

export interface MemoryCacheOptions {
  clock: Clock;
  /** Entries kept at a time; 10,000 unless told. */
  maxEntries?: number;
  /**
   * What a new entry does to a full cache: takes the place of the one that was longest unused, or is refused with
   * SERVICE_UNAVAILABLE. Refuse where a lost entry does harm, as in a deny list. `evict` unless told.
   */
  whenFull?: 'evict' | 'refuse';
}

interface Entry {
  value: string;
  /** Epoch milliseconds. */
  expiresAt: number;
}

/** The cache of a hub in one process; empty after a restart. */
export function openMemoryCache({
  clock,
  maxEntries = 10_000,
  whenFull = 'evict',
}: MemoryCacheOptions): Cache {
  /** The longest unused first. */
  const entries = new Map<string, Entry>();
  let closed = false;

  function find(key: string): Entry | undefined {
    if (closed) throw unavailable('The cache is closed.');
    const entry = entries.get(key);
    if (!entry) return undefined;
    entries.delete(key);
    if (entry.expiresAt <= clock.now()) return undefined;
    entries.set(key, entry);
    return entry;
  }

  function put(key: string, value: string, ttlMs: number): void {
    if (!entries.has(key) && entries.size >= maxEntries) makeRoom();
    entries.delete(key);
    entries.set(key, { value, expiresAt: clock.now() + ttlMs });
  }

  function makeRoom(): void {
    const now = clock.now();
    for (const [key, { expiresAt }] of entries) {
      if (expiresAt <= now) entries.delete(key);
    }
    if (entries.size < maxEntries) return;
    if (whenFull === 'refuse') throw unavailable('The cache is full.');
    const [longestUnused] = entries.keys();
    if (longestUnused !== undefined) entries.delete(longestUnused);
  }

  return {
    async get(key) {
      assertEntry({ key });
      return find(key)?.value ?? null;
    },
    async set(key, value, { ttlMs }) {
      assertEntry({ key, value, ttlMs });
      find(key);
      put(key, value, ttlMs);
    },
    async setIfAbsent(key, value, { ttlMs }) {
      assertEntry({ key, value, ttlMs });
      if (find(key)) return false;
      put(key, value, ttlMs);
      return true;
    },
    async increment(key, { ttlMs }) {
      assertEntry({ key, ttlMs });
      const entry = find(key);
      if (!entry) {
        put(key, '1', ttlMs);
        return { count: 1, ttlMs };
      }
      const count = Number(entry.value) + 1;
      if (!Number.isSafeInteger(count)) {
        throw new ButikError('INTERNAL', { message: 'The cache has a value under this key, not a count.' });
      }
      entry.value = String(count);
      return { count, ttlMs: entry.expiresAt - clock.now() };
    },
    async delete(key) {
      assertEntry({ key });
      find(key);
      entries.delete(key);
    },
    async close() {
      closed = true;
      entries.clear();
    },
  };
}

function unavailable(message: string): ButikError {
  return new ButikError('SERVICE_UNAVAILABLE', { message, details: { part: 'cache' } });
}
