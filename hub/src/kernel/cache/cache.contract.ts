import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Cache } from './cache.ts';

export interface CacheUnderTest {
  cache: Cache;
  /** Lets the entries grow older. */
  elapse(ms: number): Promise<void>;
}

const life = { ttlMs: 60_000 };

/** What a cache does, whatever keeps it. */
export function cacheContract(open: () => Promise<CacheUnderTest>): void {
  let cache: Cache;
  let elapse: CacheUnderTest['elapse'];
  beforeEach(async () => {
    ({ cache, elapse } = await open());
  });
  afterEach(() => cache.close());

  test('a value is found under its key, and nothing under another one', async () => {
    await cache.set('session:1', 'Åsa', life);
    expect(await cache.get('session:1')).toBe('Åsa');
    expect(await cache.get('session:2')).toBeNull();
  });

  test('an empty value is a value', async () => {
    await cache.set('a', '', life);
    expect(await cache.get('a')).toBe('');
    expect(await cache.setIfAbsent('a', 'other', life)).toBe(false);
  });

  test('a value is gone when its life is over, and not before', async () => {
    await cache.set('a', '1', { ttlMs: 60_000 });
    await elapse(50_000);
    expect(await cache.get('a')).toBe('1');
    await elapse(10_000);
    expect(await cache.get('a')).toBeNull();
  });

  test('setting again replaces the value and begins a new life', async () => {
    await cache.set('a', '1', { ttlMs: 60_000 });
    await elapse(50_000);
    await cache.set('a', '2', { ttlMs: 60_000 });
    await elapse(50_000);
    expect(await cache.get('a')).toBe('2');
  });

  test('only the first of many at once sets what was absent', async () => {
    const won = await Promise.all(
      Array.from({ length: 20 }, (_, n) => cache.setIfAbsent('nonce', String(n), life)),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await cache.get('nonce')).toBe(String(won.indexOf(true)));
  });

  test('what is gone can be set again', async () => {
    expect(await cache.setIfAbsent('a', '1', { ttlMs: 1_000 })).toBe(true);
    await elapse(1_000);
    expect(await cache.setIfAbsent('a', '2', { ttlMs: 1_000 })).toBe(true);
    await cache.delete('a');
    expect(await cache.setIfAbsent('a', '3', { ttlMs: 1_000 })).toBe(true);
  });

  test('a count misses none of many at once', async () => {
    const counts = await Promise.all(Array.from({ length: 50 }, () => cache.increment('calls', life)));
    expect(counts.map(({ count }) => count).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, n) => n + 1),
    );
  });

  test('counting on does not prolong the window', async () => {
    await cache.increment('calls', { ttlMs: 60_000 });
    await elapse(50_000);
    const second = await cache.increment('calls', { ttlMs: 60_000 });
    expect(second.count).toBe(2);
    expect(second.ttlMs).toBeLessThanOrEqual(10_000);
    await elapse(10_000);
    expect(await cache.increment('calls', { ttlMs: 60_000 })).toMatchObject({ count: 1 });
  });

  test('a value is not a count', async () => {
    await cache.set('a', 'Åsa', life);
    await expect(cache.increment('a', life)).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  test('deleting what is not there is no fault', async () => {
    await expect(cache.delete('a')).resolves.toBeUndefined();
  });

  test.for([
    ['key', () => cache.get('')],
    ['key', () => cache.get('k'.repeat(513))],
    ['value', () => cache.set('a', 'v'.repeat(1_000_001), life)],
    ['ttlMs', () => cache.set('a', '1', { ttlMs: 0 })],
    ['ttlMs', () => cache.setIfAbsent('a', '1', { ttlMs: 1.5 })],
    ['ttlMs', () => cache.increment('a', { ttlMs: Number.POSITIVE_INFINITY })],
  ] as const)('an entry out of bounds is refused with its field: %s', async ([field, act]) => {
    await expect(act()).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      details: { fields: [{ path: field }] },
    });
  });

  test('a closed cache answers nothing', async () => {
    await cache.close();
    await expect(cache.get('a')).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      details: { part: 'cache' },
    });
  });
}
