import { Redis } from 'ioredis';
import { pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type CuttableLink, openCuttableLink } from '../../../testing/cuttable-link.ts';
import { cacheContract } from '../cache.contract.ts';
import type { Cache } from '../cache.ts';
import { createRateLimit } from '../rate-limit.ts';
import { openRedisCache, type RedisCacheOptions } from './open-redis-cache.ts';

const url = process.env.BUTIK_TEST_REDIS;
const life = { ttlMs: 60_000 };
const away = { code: 'SERVICE_UNAVAILABLE', details: { part: 'cache' } };

describe.skipIf(!url)('the cache on Redis (BUTIK_TEST_REDIS)', () => {
  const run = `butik-test-${uuidv7()}:`;
  let prefix: string;
  let outsider: Redis;
  beforeAll(() => {
    outsider = new Redis(url!);
  });
  beforeEach(() => {
    prefix = `${run}${uuidv7()}:`;
  });
  afterAll(async () => {
    const keys = await keysOf(run);
    if (keys.length > 0) await outsider.del(...keys);
    await outsider.quit();
  });

  const open = (options: Partial<RedisCacheOptions> = {}) =>
    openRedisCache({
      url: url!,
      prefix,
      logger: pino({ level: 'silent' }),
      commandMs: 5_000,
      reconnectMs: 5,
      ...options,
    });

  async function keysOf(start: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const page of outsider.scanStream({ match: `${start}*`, count: 1_000 })) keys.push(...page);
    return keys;
  }

  /** Takes the time off what the keys have left. */
  async function elapse(ms: number): Promise<void> {
    for (const key of await keysOf(prefix)) {
      await outsider.pexpire(key, (await outsider.pttl(key)) - ms);
    }
  }

  cacheContract(async () => ({ cache: await open(), elapse }));

  test('what one process sets, another one finds; a count is shared', async () => {
    const [one, other] = [await open(), await open()];
    await one.set('a', '1', life);
    expect(await other.get('a')).toBe('1');
    await one.increment('calls', life);
    expect(await other.increment('calls', life)).toMatchObject({ count: 2 });
    await one.close();
    await other.close();
  });

  test('no key is left without an end', async () => {
    const cache = await open();
    await cache.set('a', '1', life);
    await cache.setIfAbsent('b', '1', life);
    await cache.increment('c', life);
    const lives = await Promise.all((await keysOf(prefix)).map((key) => outsider.pttl(key)));
    expect(lives).toHaveLength(3);
    for (const left of lives) expect(left).toBeGreaterThan(0);
    await cache.close();
  });

  describe('over a line that breaks', () => {
    let link: CuttableLink;
    let opened: Cache[];
    beforeEach(async () => {
      opened = [];
      const { hostname, port } = new URL(url!);
      link = await openCuttableLink({ host: hostname, port: Number(port || 6379) });
    });
    afterEach(async () => {
      await Promise.all(opened.map((cache) => cache.close()));
      await link.close();
    });

    async function overLink(options: Partial<RedisCacheOptions> = {}): Promise<Cache> {
      const there = new URL(url!);
      there.hostname = link.host;
      there.port = String(link.port);
      const cache = await open({ url: there.href, ...options });
      opened.push(cache);
      return cache;
    }
    const onceBack = <T>(ask: () => Promise<T>) => vi.waitFor(ask, { timeout: 10_000, interval: 10 });

    test('everything is refused at once while Redis is away, and works again afterwards', async () => {
      const cache = await overLink();
      await cache.set('a', '1', life);
      link.cut();
      for (const ask of [
        () => cache.get('a'),
        () => cache.set('a', '2', life),
        () => cache.setIfAbsent('b', '2', life),
        () => cache.increment('c', life),
        () => cache.delete('a'),
      ]) {
        await expect(ask()).rejects.toMatchObject(away);
      }
      link.heal();
      expect(await onceBack(() => cache.get('a'))).toBe('1');
      expect(await cache.increment('c', life)).toMatchObject({ count: 1 });
    });

    test('a hub starts while Redis is down, and finds it later', async () => {
      link.cut();
      const cache = await overLink();
      await expect(cache.get('a')).rejects.toMatchObject(away);
      link.heal();
      await onceBack(() => cache.set('a', '1', life));
      expect(await cache.get('a')).toBe('1');
    });

    test('a Redis that came back empty is no fault', async () => {
      const cache = await overLink();
      await cache.increment('calls', life);
      link.cut();
      await outsider.del(...(await keysOf(prefix)));
      link.heal();
      expect(await onceBack(() => cache.increment('calls', life))).toMatchObject({ count: 1 });
    });

    test('a Redis that hangs is given up in time', async () => {
      const cache = await overLink({ commandMs: 50 });
      await cache.set('a', '1', life);
      link.stall();
      await expect(cache.get('a')).rejects.toMatchObject(away);
      link.heal();
      expect(await onceBack(() => cache.get('a'))).toBe('1');
    });

    test('a limit on capacity lets calls through while Redis is away', async () => {
      const cache = await overLink();
      const clock = { now: () => Date.parse('2025-03-01T10:00:00Z') };
      const logger = pino({ level: 'silent' });
      const shared = { cache, clock, logger, name: 'orders', limit: 1, windowMs: 60_000 };
      const limit = createRateLimit({ ...shared, whenUnavailable: 'allow' });
      await limit('anna');
      expect((await limit('anna')).allowed).toBe(false);
      link.cut();
      expect((await limit('anna')).allowed).toBe(true);
    });
  });
});
