import type { Logger } from 'pino';
import type { Cache } from '../cache/cache.ts';

interface Used {
  current: number;
  /** Milliseconds until the window ends. */
  ttl: number;
}
type Answer = (error: Error | null, used?: Used) => void;

/**
 * Counts for `@fastify/rate-limit` in the cache, so that all processes of the hub count together. A window begins
 * with its first request. While the cache is away a process counts nothing and lets requests through: a limit that protects
 * capacity must not be what takes the hub down.
 */
export function rateLimitStore(cache: Cache, logger: Pick<Logger, 'warn'>) {
  return class CachedRateLimit {
    readonly #route: string;

    constructor(options: object) {
      this.#route = 'routeInfo' in options ? routeName(options.routeInfo) : '';
    }

    incr(key: string, answer: Answer, windowMs: number): void {
      cache.increment(`http:${this.#route}:${key}`, { ttlMs: windowMs }).then(
        ({ count, ttlMs }) => answer(null, { current: count, ttl: ttlMs }),
        (err: unknown) => {
          logger.warn({ err }, 'rate limit: not counted, the cache is away');
          answer(null, { current: 0, ttl: windowMs });
        },
      );
    }

    child(options: object): CachedRateLimit {
      return new CachedRateLimit(options);
    }
  };
}

function routeName(info: unknown): string {
  const { method, url } = (info ?? {}) as { method?: string | string[]; url?: string };
  return `${String(method)} ${url}`;
}
