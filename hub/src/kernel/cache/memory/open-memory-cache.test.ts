import { describe, expect, test } from 'vitest';
import { cacheContract } from '../cache.contract.ts';
import { type MemoryCacheOptions, openMemoryCache } from './open-memory-cache.ts';

function open(options: Partial<MemoryCacheOptions> = {}) {
  let now = Date.parse('2025-03-01T10:00:00Z');
  const cache = openMemoryCache({ clock: { now: () => now }, ...options });
  const elapse = async (ms: number) => {
    now += ms;
  };
  return { cache, elapse };
}

describe('the cache in memory', () => {
  cacheContract(async () => open());

  test('a full cache drops the entry that was longest unused', async () => {
    const { cache } = open({ maxEntries: 2 });
    await cache.set('a', '1', { ttlMs: 1_000 });
    await cache.set('b', '2', { ttlMs: 1_000 });
    await cache.get('a');
    await cache.set('c', '3', { ttlMs: 1_000 });
    expect([await cache.get('a'), await cache.get('b'), await cache.get('c')]).toEqual(['1', null, '3']);
  });

  test('entries whose life is over make room first', async () => {
    const { cache, elapse } = open({ maxEntries: 2 });
    await cache.set('old', '1', { ttlMs: 60_000 });
    await cache.set('short', '2', { ttlMs: 1_000 });
    await elapse(1_000);
    await cache.set('new', '3', { ttlMs: 60_000 });
    expect(await cache.get('old')).toBe('1');
  });

  test('a full cache that must lose nothing refuses a new entry and still takes a known one', async () => {
    const { cache, elapse } = open({ maxEntries: 1, whenFull: 'refuse' });
    await cache.set('a', '1', { ttlMs: 1_000 });
    await expect(cache.set('b', '2', { ttlMs: 1_000 })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    await cache.set('a', '3', { ttlMs: 1_000 });
    expect(await cache.get('a')).toBe('3');
    await elapse(1_000);
    await cache.set('b', '2', { ttlMs: 1_000 });
    expect(await cache.get('b')).toBe('2');
  });
});
