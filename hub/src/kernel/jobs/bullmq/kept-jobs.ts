import type { Redis } from 'ioredis';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { FailedJob } from '../jobs.ts';
import type { KeptJob } from '../keep-job.ts';

const keptSchema = z.object({
  payload: z.string(),
  traceparent: z.string().optional(),
  dueAt: z.number(),
  /** Another one for each time it was enqueued. */
  revision: z.string(),
});

const failureSchema = z.object({
  payload: z.string(),
  attempts: z.number(),
  traceparent: z.string().optional(),
  error: z.string(),
  failedAt: z.string(),
});

export type Failure = z.infer<typeof failureSchema>;

/** A kept job as an attempt found it; `raw` tells whether it is still the same. */
export type FoundJob = z.infer<typeof keptSchema> & { raw: string };

/** Forgets a job unless it was enqueued again. */
const FINISH = `
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])`;

/** Sets a job aside unless it was enqueued again, and returns the ids of the oldest failures, which are dropped. */
const SET_ASIDE = `
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return false end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[1])
local dropped = redis.call('ZRANGE', KEYS[3], 0, -1 - tonumber(ARGV[5]))
for _, id in ipairs(dropped) do
  redis.call('HDEL', KEYS[2], id)
  redis.call('ZREM', KEYS[3], id)
end
return dropped`;

const MAX_LISTED = 100;

/** The newest payload of each job, and those that failed, by name and id. What wakes a worker is BullMQ's. */
export function keptJobs(prefix: string) {
  const names = `${prefix}:names`;
  const waiting = (name: string) => `${prefix}:waiting:${name}`;
  const failures = (name: string) => `${prefix}:failures:${name}`;
  const failedAt = (name: string) => `${prefix}:failed-at:${name}`;

  return {
    async put(redis: Redis, name: string, job: KeptJob): Promise<void> {
      const { id, payload, traceparent, delayMs } = job;
      const kept = { payload, traceparent, dueAt: Date.now() + delayMs, revision: uuidv7() };
      const answers = await redis
        .multi()
        .sadd(names, name)
        .hset(waiting(name), id, JSON.stringify(kept))
        .hdel(failures(name), id)
        .zrem(failedAt(name), id)
        .exec();
      for (const [error] of answers ?? []) if (error) throw error;
    },
    async find(redis: Redis, name: string, id: string): Promise<FoundJob | null> {
      const raw = await redis.hget(waiting(name), id);
      return raw === null ? null : { ...keptSchema.parse(JSON.parse(raw)), raw };
    },
    /** False when it was enqueued again meanwhile, and stays. */
    async finish(redis: Redis, name: string, id: string, found: FoundJob): Promise<boolean> {
      return (await redis.eval(FINISH, 1, waiting(name), id, found.raw)) === 1;
    },
    /** Null when it was enqueued again meanwhile, and stays; else the ids of failures that were dropped. */
    async setAside(
      redis: Redis,
      name: string,
      id: string,
      found: FoundJob,
      { failure, keepFailed }: { failure: Omit<Failure, 'payload' | 'traceparent'>; keepFailed: number },
    ): Promise<string[] | null> {
      const json = JSON.stringify({ ...failure, payload: found.payload, traceparent: found.traceparent });
      const keys = [waiting(name), failures(name), failedAt(name)];
      const at = Date.parse(failure.failedAt);
      const dropped = await redis.eval(SET_ASIDE, 3, ...keys, id, found.raw, json, at, keepFailed);
      return dropped as string[] | null;
    },
    names: (redis: Redis): Promise<string[]> => redis.smembers(names),
    failedCount: (redis: Redis, name: string): Promise<number> => redis.zcard(failedAt(name)),
    /** The latest first. */
    async failed(redis: Redis, name: string): Promise<FailedJob[]> {
      const ids = await redis.zrevrange(failedAt(name), 0, MAX_LISTED - 1);
      if (ids.length === 0) return [];
      const found = await redis.hmget(failures(name), ...ids);
      return ids.flatMap((id, n) => {
        const failure = readFailure(found[n] ?? null);
        if (!failure) return [];
        const { payload, attempts, error, failedAt } = failure;
        return [{ name, id, payload: JSON.parse(payload), attempts, error, failedAt }];
      });
    },
    async failure(redis: Redis, name: string, id: string): Promise<Failure | null> {
      return readFailure(await redis.hget(failures(name), id));
    },
  };
}

export type KeptJobs = ReturnType<typeof keptJobs>;

function readFailure(raw: string | null): Failure | null {
  return raw === null ? null : failureSchema.parse(JSON.parse(raw));
}
