import { ButikError } from '@butik/proto/errors/butik-error';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { openMemoryCache } from './memory/open-memory-cache.ts';
import { createRateLimit, type RateLimitOptions } from './rate-limit.ts';

function open(options: Partial<RateLimitOptions> = {}) {
  let now = Date.parse('2025-03-01T10:00:00Z');
  const clock = { now: () => now };
  const limit = createRateLimit({
    cache: openMemoryCache({ clock }),
    clock,
    logger: pino({ level: 'silent' }),
    name: 'sign-in',
    limit: 2,
    windowMs: 60_000,
    whenUnavailable: 'allow',
    ...options,
  });
  const elapse = (ms: number) => {
    now += ms;
  };
  return { limit, elapse, clock };
}

const allowed = { allowed: true, retryAfterMs: 0 };

test('calls beyond the limit are told when to come back, and then are let in', async () => {
  const { limit, elapse } = open();
  elapse(15_000);
  expect([await limit('anna'), await limit('anna')]).toEqual([allowed, allowed]);
  expect(await limit('anna')).toEqual({ allowed: false, retryAfterMs: 45_000 });
  elapse(44_999);
  expect(await limit('anna')).toEqual({ allowed: false, retryAfterMs: 1 });
  elapse(1);
  expect(await limit('anna')).toEqual(allowed);
});

test('one caller uses nothing of what another one may', async () => {
  const { limit } = open({ limit: 1 });
  await limit('anna');
  expect(await limit('bo')).toEqual(allowed);
  expect((await limit('anna')).allowed).toBe(false);
});

test('two limits over one cache count apart', async () => {
  const { clock } = open();
  const cache = openMemoryCache({ clock });
  const signIn = open({ cache, limit: 1 }).limit;
  const orders = open({ cache, limit: 1, name: 'orders' }).limit;
  await signIn('anna');
  expect(await orders('anna')).toEqual(allowed);
});

function awayCache(code: 'SERVICE_UNAVAILABLE' | 'INTERNAL') {
  const cache = openMemoryCache({ clock: { now: () => 0 } });
  const increment = async () => {
    throw new ButikError(code);
  };
  return { ...cache, increment };
}

test('without the cache a limit lets everybody in, or nobody, as was decided for it', async () => {
  const cache = awayCache('SERVICE_UNAVAILABLE');
  expect(await open({ cache }).limit('anna')).toEqual(allowed);
  const { limit } = open({ cache, whenUnavailable: 'refuse' });
  await expect(limit('anna')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});

test('a fault of our own is not taken for an engine that is away', async () => {
  await expect(open({ cache: awayCache('INTERNAL') }).limit('anna')).rejects.toMatchObject({
    code: 'INTERNAL',
  });
});
