import { asButikError } from '@butik/proto/errors/butik-error';
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { Cache } from './cache.ts';

export interface RateLimitOptions {
  cache: Cache;
  clock: Clock;
  logger: Pick<Logger, 'warn'>;
  /** Keeps the counts of one limit apart from those of another. */
  name: string;
  /** Calls of one key in one window. */
  limit: number;
  windowMs: number;
  /**
   * While the cache is away: `allow` lets calls through (a limit that protects capacity must not be what takes the
   * hub down), `refuse` passes on SERVICE_UNAVAILABLE (a limit that protects a secret, such as attempts at a PIN).
   */
  whenUnavailable: 'allow' | 'refuse';
}

export type RateLimit = (key: string) => Promise<{
  allowed: boolean;
  /** Until the window ends; 0 when allowed. */
  retryAfterMs: number;
}>;

/**
 * Counts calls in fixed windows of the clock, across all processes. A burst around the turn of a window can be
 * twice the limit. Refused calls count too.
 */
export function createRateLimit(options: RateLimitOptions): RateLimit {
  const { cache, clock, name, limit, windowMs } = options;
  return async (key) => {
    const now = clock.now();
    const window = Math.floor(now / windowMs);
    try {
      const { count } = await cache.increment(`rate:${name}:${window}:${key}`, { ttlMs: windowMs });
      if (count <= limit) return { allowed: true, retryAfterMs: 0 };
      return { allowed: false, retryAfterMs: (window + 1) * windowMs - now };
    } catch (error) {
      if (options.whenUnavailable === 'refuse' || asButikError(error).kind !== 'unavailable') throw error;
      options.logger.warn({ err: error, limit: name }, 'rate limit: not counted, the cache is away');
      return { allowed: true, retryAfterMs: 0 };
    }
  };
}
