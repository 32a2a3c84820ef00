import { ButikError } from '@butik/proto/errors/butik-error';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { assertEntry, type Cache } from '../cache.ts';

export interface RedisCacheOptions {
  /** redis:// or rediss:// with user and password. */
  url: string;
  logger: Pick<Logger, 'info' | 'warn'>;
  /** First part of every key; `butik:` unless told. */
  prefix?: string;
  /** How long Redis may take to answer; 500 unless told. */
  commandMs?: number;
  /** Pause before the first reconnection, doubled with each further one up to 2 s; 50 unless told. */
  reconnectMs?: number;
}

const MAX_RECONNECT_MS = 2_000;
const CONNECT_MS = 2_000;

/** Counting and starting the life are one step: a count without an end would lock its key for ever. */
const INCREMENT = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { count, redis.call('PTTL', KEYS[1]) }`;

/**
 * The cache that several processes share. Resolves after the first attempt to connect, whether or not Redis was
 * there. A command fails at once while there is no connection, and is never sent twice. Redis is to run with
 * `maxmemory-policy noeviction` where a deny list is kept in it.
 */
export async function openRedisCache(options: RedisCacheOptions): Promise<Cache> {
  const { url, logger, prefix = 'butik:', commandMs = 500, reconnectMs = 50 } = options;
  const redis = new Redis(url, {
    keyPrefix: prefix,
    commandTimeout: commandMs,
    connectTimeout: CONNECT_MS,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) => pauseBefore(attempt, reconnectMs),
  });
  const tried = Promise.withResolvers<void>();
  redis.on('ready', () => {
    logger.info('cache: connected to Redis');
    tried.resolve();
  });
  redis.on('error', (error) => {
    logger.warn({ err: error }, 'cache: Redis cannot be reached');
    tried.resolve();
  });
  redis.on('close', () => logger.warn('cache: no connection to Redis'));
  await tried.promise;

  return {
    async get(key) {
      assertEntry({ key });
      return await ask(() => redis.get(key));
    },
    async set(key, value, { ttlMs }) {
      assertEntry({ key, value, ttlMs });
      await ask(() => redis.set(key, value, 'PX', ttlMs));
    },
    async setIfAbsent(key, value, { ttlMs }) {
      assertEntry({ key, value, ttlMs });
      return (await ask(() => redis.set(key, value, 'PX', ttlMs, 'NX'))) === 'OK';
    },
    async increment(key, { ttlMs }) {
      assertEntry({ key, ttlMs });
      const [count, left] = (await ask(() => redis.eval(INCREMENT, 1, key, ttlMs))) as [number, number];
      return { count, ttlMs: left };
    },
    async delete(key) {
      assertEntry({ key });
      await ask(() => redis.del(key));
    },
    async close() {
      redis.disconnect();
    },
  };
}

async function ask<Answer>(command: () => Promise<Answer>): Promise<Answer> {
  try {
    return await command();
  } catch (error) {
    if (isRefusal(error)) {
      throw new ButikError('INTERNAL', {
        message: `Redis refused a command: ${error.message}`,
        cause: error,
      });
    }
    const message = 'The cache does not answer at the moment.';
    throw new ButikError('SERVICE_UNAVAILABLE', { message, details: { part: 'cache' }, cause: error });
  }
}

/** Answers that say the command is wrong; others, such as LOADING, READONLY or OOM, say that Redis is not fit now. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError' && /^(ERR|WRONGTYPE)\b/.test(error.message);
}

function pauseBefore(attempt: number, firstMs: number): number {
  const pause = Math.min(firstMs * 2 ** (attempt - 1), MAX_RECONNECT_MS);
  return pause * (1 - Math.random() / 2);
}
