import { ButikError } from '@butik/proto/errors/butik-error';
import { expect, test } from 'vitest';
import { createDenyList } from './deny-list.ts';
import { openMemoryCache } from './memory/open-memory-cache.ts';

const start = Date.parse('2025-03-01T10:00:00Z');

function open(maxEntries = 100) {
  let now = start;
  const clock = { now: () => now };
  const cache = openMemoryCache({ clock, maxEntries, whenFull: 'refuse' });
  const elapse = (ms: number) => {
    now += ms;
  };
  return { cache, clock, elapse, denyList: createDenyList(cache, clock) };
}

test('a revoked token is denied until its own end, and another one is not', async () => {
  const { denyList, elapse } = open();
  await denyList.deny('token-1', start + 60_000);
  expect(await denyList.isDenied('token-1')).toBe(true);
  expect(await denyList.isDenied('token-2')).toBe(false);
  elapse(59_999);
  expect(await denyList.isDenied('token-1')).toBe(true);
  elapse(1);
  expect(await denyList.isDenied('token-1')).toBe(false);
});

test('a token that has ended needs no place', async () => {
  const { denyList, cache } = open(1);
  await denyList.deny('ended', start);
  await cache.set('other', '1', { ttlMs: 1_000 });
});

test('revoking fails loudly when the list is full, and forgets nobody', async () => {
  const { denyList } = open(1);
  await denyList.deny('token-1', start + 1_000);
  await expect(denyList.deny('token-2', start + 1_000)).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
  });
  expect(await denyList.isDenied('token-1')).toBe(true);
});

test('nobody gets in while the list cannot be read', async () => {
  const { cache, clock } = open();
  const away = async () => {
    throw new ButikError('SERVICE_UNAVAILABLE', { details: { part: 'cache' } });
  };
  const denyList = createDenyList({ ...cache, get: away }, clock);
  await expect(denyList.isDenied('token-1')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});
