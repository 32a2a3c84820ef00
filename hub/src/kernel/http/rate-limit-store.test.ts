import { createHttpServer, type HttpServer } from '@butik/proto/http/create-http-server';
import rateLimit from '@fastify/rate-limit';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import type { Cache } from '../cache/cache.ts';
import { openMemoryCache } from '../cache/memory/open-memory-cache.ts';
import { rateLimitStore } from './rate-limit-store.ts';

const logger = pino({ level: 'silent' });
const DAY_MS = 86_400_000;
const opened: HttpServer[] = [];
afterEach(() => Promise.all(opened.splice(0).map((app) => app.close())));

/** One process of the hub: `/door` lets two in, `/window` one. */
async function openProcess(cache: Cache): Promise<HttpServer> {
  const app = await createHttpServer({ logger, title: 'test', version: '0' });
  opened.push(app);
  await app.register(rateLimit, { global: false, store: rateLimitStore(cache, logger) });
  const limit = (max: number) => ({ config: { rateLimit: { max, timeWindow: DAY_MS } } });
  app.get('/door', limit(2), async () => 'in');
  app.get('/window', limit(1), async () => 'in');
  return app;
}
const get = async (app: HttpServer, url: string) => (await app.inject(url)).statusCode;

test('requests to all processes are counted together, each route by itself', async () => {
  const cache = openMemoryCache({ clock: { now: () => Date.now() } });
  const [one, other] = [await openProcess(cache), await openProcess(cache)];
  expect(await get(one, '/door')).toBe(200);
  expect(await get(other, '/door')).toBe(200);
  expect(await get(one, '/door')).toBe(429);
  expect(await get(other, '/door')).toBe(429);
  expect(await get(one, '/window')).toBe(200);
  expect(await get(other, '/window')).toBe(429);
});

test('while the cache is away nobody is turned away', async () => {
  const cache = openMemoryCache({ clock: { now: () => Date.now() } });
  const app = await openProcess(cache);
  await cache.close();
  for (let request = 0; request < 4; request++) expect(await get(app, '/door')).toBe(200);
});
