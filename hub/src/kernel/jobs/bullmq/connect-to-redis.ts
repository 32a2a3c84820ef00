import { ButikError } from '@butik/proto/errors/butik-error';
import { backoffMs } from '@butik/sync/backoff';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { jobsAway } from '../jobs-away.ts';

export interface RedisLines {
  /** Fails at once while Redis is away: for whoever waits for an answer. */
  asking: Redis;
  /** Waits until Redis is back: for workers, which make lines of their own after its model. */
  working: Redis;
  /** Runs a command on `asking`. SERVICE_UNAVAILABLE while Redis is away or does not answer in time. */
  ask<Answer>(command: () => Promise<Answer>): Promise<Answer>;
  disconnect(): void;
}

export interface RedisLinesOptions {
  url: string;
  logger: Pick<Logger, 'info' | 'warn'>;
  commandMs: number;
  reconnectMs: number;
}

const MAX_RECONNECT_MS = 2_000;
const CONNECT_MS = 2_000;
/** Longer than a worker's line may rightly block, so that a line that nobody answers is found out. */
const WORKING_COMMAND_MS = 20_000;

/** Resolves after the first attempt to connect, whether or not Redis was there. */
export async function connectToRedis(options: RedisLinesOptions): Promise<RedisLines> {
  const { url, logger, commandMs, reconnectMs } = options;
  const common = {
    connectTimeout: CONNECT_MS,
    retryStrategy: (attempt: number) =>
      backoffMs(attempt, { baseMs: reconnectMs, maxMs: MAX_RECONNECT_MS }, Math.random),
  };
  const asking = new Redis(url, {
    ...common,
    commandTimeout: commandMs,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
  });
  const working = new Redis(url, {
    ...common,
    commandTimeout: WORKING_COMMAND_MS,
    maxRetriesPerRequest: null,
  });
  working.on('error', () => undefined);
  const tried = Promise.withResolvers<void>();
  asking.on('ready', () => {
    logger.info('jobs: connected to Redis');
    tried.resolve();
  });
  asking.on('error', (error) => {
    logger.warn({ err: error }, 'jobs: Redis cannot be reached');
    tried.resolve();
  });
  // A command that was under way may wait for the next line; who asked is not to wait with it.
  let lost = lineLost();
  asking.on('close', () => {
    lost.reject(jobsAway('The line to Redis broke.'));
    lost = lineLost();
  });
  await tried.promise;

  return {
    asking,
    working,
    async ask(command) {
      if (asking.status !== 'ready') throw jobsAway('Redis is away.');
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => late.reject(jobsAway('Redis did not answer in time.')), commandMs);
      try {
        return await Promise.race([command(), late.promise, lost.promise]);
      } catch (error) {
        throw asAnswer(error);
      } finally {
        clearTimeout(timer);
      }
    },
    disconnect() {
      asking.disconnect();
      working.disconnect();
    },
  };
}

function lineLost(): PromiseWithResolvers<never> {
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => undefined);
  return lost;
}

function asAnswer(error: unknown): ButikError {
  if (error instanceof ButikError) return error;
  // Other refusals, such as LOADING, READONLY or OOM, say that Redis is not fit now.
  if (error instanceof Error && error.name === 'ReplyError' && /^(ERR|WRONGTYPE)\b/.test(error.message)) {
    return new ButikError('INTERNAL', { message: `Redis refused: ${error.message}`, cause: error });
  }
  return jobsAway('Redis does not answer at the moment.', error);
}
