import { setTimeout as wait } from 'node:timers/promises';
import { type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { logBullmqError } from './log-bullmq-error.ts';

export interface BullmqWorkerOptions {
  queue: string;
  prefix: string;
  working: Redis;
  logger: Pick<Logger, 'warn'>;
  parallel: number;
  /** How long a job belongs to the worker that took it. It is not prolonged. */
  lockMs: number;
  stalledMs: number;
  /** How long Redis may take to hear of the last jobs when the worker closes. */
  closeMs: number;
  /** Pause after a failed attempt, in milliseconds. */
  backoff(failures: number): number;
  /** Puts what a close is to wait for through `hold`. */
  process(job: Job, hold: <T>(run: Promise<T>) => Promise<T>): Promise<void>;
}

export interface BullmqWorker {
  /** Waits for what is held, and not for a Redis that is away. */
  close(): Promise<void>;
}

/** How long an idle worker waits for a call before it looks by itself; a line that broke unseen costs one more. */
const IDLE_SECONDS = 2;
/** Pause after an attempt to take a job that failed. */
const RETRY_MS = 1_000;

export function startBullmqWorker(options: BullmqWorkerOptions): BullmqWorker {
  const { queue, prefix, working, logger } = options;
  const held = new Set<Promise<unknown>>();

  async function hold<T>(run: Promise<T>): Promise<T> {
    held.add(run);
    return await run.finally(() => held.delete(run));
  }

  const worker = new Worker(queue, (job: Job) => options.process(job, hold), {
    connection: working,
    prefix,
    concurrency: options.parallel,
    lockDuration: options.lockMs,
    skipLockRenewal: true,
    stalledInterval: options.stalledMs,
    // Attempts are counted by who processes them, those of dead workers too.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    drainDelay: IDLE_SECONDS,
    runRetryDelay: RETRY_MS,
    settings: { backoffStrategy: (failures) => options.backoff(failures) },
  });
  worker.on('error', logBullmqError(logger, queue));

  /** Closing takes no new jobs, so what is held becomes less. */
  async function heldIsDone(): Promise<void> {
    while (held.size > 0) await Promise.allSettled(held);
  }

  return {
    async close() {
      const away = working.status !== 'ready';
      if (away) await heldIsDone();
      const closed = worker.close(away);
      const givenUp = new AbortController();
      const late = heldIsDone().then(() => wait(options.closeMs, undefined, { signal: givenUp.signal }));
      await Promise.race([closed, late.catch(() => undefined)]);
      givenUp.abort();
      // Ends the worker's own line when Redis did not answer.
      await worker.getBackend().close(true);
    },
  };
}
