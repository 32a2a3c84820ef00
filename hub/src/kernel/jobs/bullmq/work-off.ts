import { backoffMs } from '@butik/sync/backoff';
import { type Job, UnrecoverableError } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { JobDefinition, JobHandler } from '../jobs.ts';
import { type Outcome, runAttempt } from '../run-attempt.ts';
import type { FoundJob, KeptJobs } from './kept-jobs.ts';
import { type BullmqWorker, startBullmqWorker } from './start-bullmq-worker.ts';

export interface WorkOffOptions {
  job: JobDefinition;
  handle: JobHandler<unknown>;
  parallel: number;
  queue: string;
  prefix: string;
  kept: KeptJobs;
  working: Redis;
  logger: Pick<Logger, 'warn'>;
  random: () => number;
  marginMs: number;
  stalledMs: number;
  closeMs: number;
  keepFailed: number;
  /** Has a worker called for this id after the attempt under way and this long from now. */
  callAgain(id: string, delayMs: number): Promise<void>;
}

/** What BullMQ carries of a job. */
export const callSchema = z.object({ id: z.string() });

/** Works off the jobs of one name, as BullMQ calls for them. */
export function workOff(options: WorkOffOptions): BullmqWorker {
  const { job, handle, kept, working, logger, marginMs, random } = options;

  async function process(call: Job, hold: <T>(run: Promise<T>) => Promise<T>): Promise<void> {
    const { id } = callSchema.parse(call.data);
    const found = await kept.find(working, job.name, id);
    // Done under another call: a job that was enqueued while it ran may have been taken by its own retry.
    if (!found) return;
    const early = found.dueAt - Date.now();
    if (early > 0) return await options.callAgain(id, early);
    const number = call.attemptsStarted;
    const { payload, traceparent } = found;
    const outcome = await hold(runAttempt({ job, handle, id, number, payload, traceparent }));
    if (outcome.done) {
      const finished = await kept.finish(working, job.name, id, found);
      return finished ? undefined : await callForNewer(id);
    }
    logger.warn({ job: job.name, id, attempt: number, ...outcome }, 'jobs: an attempt failed');
    if (outcome.final) return await setAside(id, found, number, outcome);
    const newest = await kept.find(working, job.name, id);
    if (newest?.raw !== found.raw) return await callForNewer(id);
    throw new Error(outcome.error);
  }

  /** What was enqueued while the attempt ran comes at its own time, not after a pause for the old one. */
  async function callForNewer(id: string): Promise<void> {
    const newer = await kept.find(working, job.name, id);
    if (newer) await options.callAgain(id, Math.max(newer.dueAt - Date.now(), 0));
  }

  async function setAside(id: string, found: FoundJob, attempts: number, { error }: NotDone): Promise<void> {
    const failure = { attempts, error, failedAt: new Date().toISOString() };
    const { keepFailed } = options;
    const dropped = await kept.setAside(working, job.name, id, found, { failure, keepFailed });
    if (dropped === null) return await callForNewer(id);
    if (dropped.length > 0)
      logger.warn({ job: job.name, dropped }, 'jobs: too many failed, the oldest dropped');
    throw new UnrecoverableError(error);
  }

  return startBullmqWorker({
    queue: options.queue,
    prefix: options.prefix,
    working,
    logger,
    parallel: options.parallel,
    lockMs: job.timeoutMs + marginMs,
    stalledMs: options.stalledMs,
    closeMs: options.closeMs,
    backoff: (failures) => backoffMs(failures, { baseMs: job.backoffMs, maxMs: job.maxBackoffMs }, random),
    process,
  });
}

type NotDone = Extract<Outcome, { done: false }>;
