import { setTimeout as wait } from 'node:timers/promises';
import { inSpan } from '@butik/proto/telemetry/span';
import { backoffMs } from '@butik/sync/backoff';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Schedule } from '../jobs.ts';
import { withinTime } from '../within-time.ts';
import { type Queues, scheduleQueue } from './queues.ts';
import { startBullmqWorker } from './start-bullmq-worker.ts';

export interface RunScheduleOptions {
  schedule: Schedule;
  queues: Queues;
  prefix: string;
  working: Redis;
  logger: Pick<Logger, 'warn'>;
  marginMs: number;
  stalledMs: number;
  closeMs: number;
  ask<Answer>(command: () => Promise<Answer>): Promise<Answer>;
}

const AGAIN = { baseMs: 200, maxMs: 5_000 };

/** Resolves after the first attempt to tell Redis of the schedule; later ones go on until one succeeds. */
export async function runSchedule(options: RunScheduleOptions): Promise<{ close(): Promise<void> }> {
  const { schedule, working, logger } = options;
  const closing = new AbortController();
  const queue = scheduleQueue(schedule.name);
  const worker = startBullmqWorker({
    queue,
    prefix: options.prefix,
    working,
    logger,
    parallel: 1,
    lockMs: schedule.timeoutMs + options.marginMs,
    stalledMs: options.stalledMs,
    closeMs: options.closeMs,
    backoff: () => 0,
    process: (_call, hold) => hold(runOnce(schedule, logger)),
  });
  const told = (await tell(options).catch(() => false)) ? Promise.resolve() : tellUntilHeard();

  async function tellUntilHeard(): Promise<void> {
    for (let failures = 1; !closing.signal.aborted; failures++) {
      try {
        await wait(backoffMs(failures, AGAIN, Math.random), undefined, { signal: closing.signal });
        await tell(options);
        return;
      } catch (error) {
        if (!closing.signal.aborted)
          logger.warn({ err: error, queue }, 'jobs: a schedule cannot be kept yet');
      }
    }
  }

  return {
    async close() {
      closing.abort();
      await told;
      await worker.close();
    },
  };
}

async function tell({ ask, queues, schedule: { name, everyMs } }: RunScheduleOptions): Promise<true> {
  const queue = queues.open(scheduleQueue(name));
  // One run at a time, whichever process has it.
  await ask(() => queue.setGlobalConcurrency(1));
  // The first run is one period away; a schedule that is known already keeps its beat.
  const repeat = { every: everyMs, startDate: Date.now() + everyMs };
  await ask(() => queue.upsertJobScheduler(name, repeat, { name, data: {} }));
  return true;
}

async function runOnce({ name, timeoutMs, handle }: Schedule, logger: Pick<Logger, 'warn'>): Promise<void> {
  try {
    await inSpan(`schedule ${name}`, { kind: 'consumer' }, () => withinTime(timeoutMs, handle));
  } catch (error) {
    logger.warn({ err: error, schedule: name }, 'jobs: a scheduled run failed');
  }
}
