import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { assertOnce } from '../assert-once.ts';
import type { JobDepth, JobHandler, Jobs } from '../jobs.ts';
import { jobsAway } from '../jobs-away.ts';
import { keepJob } from '../keep-job.ts';
import { connectToRedis } from './connect-to-redis.ts';
import { keptJobs } from './kept-jobs.ts';
import { jobQueue, queues as openQueues } from './queues.ts';
import { runSchedule } from './run-schedule.ts';
import { workOff } from './work-off.ts';

export interface BullmqJobsOptions {
  /** redis:// or rediss:// with user and password. It is to run with `maxmemory-policy noeviction` and a log on disk. */
  url: string;
  logger: Pick<Logger, 'info' | 'warn'>;
  /** First part of every key; `butik-jobs` unless told. */
  prefix?: string;
  /** For the jitter of pauses; [0, 1). */
  random?: () => number;
  /** How long Redis may take to answer; 2 s unless told. */
  commandMs?: number;
  /** Pause before the first reconnection, doubled with each further one up to 2 s; 50 unless told. */
  reconnectMs?: number;
  /** How long after its `timeoutMs` a job that was not settled may go to another process; 5 s unless told. */
  marginMs?: number;
  /** How often such jobs are looked for; 5 s unless told. */
  stalledMs?: number;
  /** How long Redis may take to hear of the last jobs when they are closed; 2 s unless told. */
  closeMs?: number;
  /** Failed jobs kept of each name, the latest; 1,000 unless told. */
  keepFailed?: number;
}

const IDLE_POLL_MS = 50;
const MAX_LISTED = 100;

/**
 * Jobs on BullMQ, for a hub in several processes. BullMQ calls a worker for an id at its time; what is to be done
 * then is kept beside it, so that the newest payload is worked whatever its call does at the moment. Opens, and takes
 * handlers and schedules, while Redis is away; they make up for it once it is back.
 */
export async function openBullmqJobs(options: BullmqJobsOptions): Promise<Jobs> {
  const {
    logger,
    prefix = 'butik-jobs',
    random = Math.random,
    commandMs = 2_000,
    reconnectMs = 50,
  } = options;
  const { marginMs = 5_000, stalledMs = 5_000, closeMs = 2_000, keepFailed = 1_000 } = options;
  const lines = await connectToRedis({ url: options.url, logger, commandMs, reconnectMs });
  const { asking, working } = lines;
  const queues = openQueues({ asking, prefix, logger });
  const kept = keptJobs(prefix);
  const handlers = new Set<string>();
  const running: { close(): Promise<void> }[] = [];
  const common = { queues, prefix, working, logger, marginMs, stalledMs, closeMs };
  let closing: Promise<void> | undefined;

  async function ask<Answer>(command: () => Promise<Answer>): Promise<Answer> {
    if (closing) throw jobsAway('The jobs are closed.');
    return await lines.ask(command);
  }

  async function depthOf(name: string): Promise<JobDepth> {
    const counts = await queues.open(jobQueue(name)).getJobCounts('waiting', 'delayed', 'active');
    const { waiting = 0, delayed = 0, active = 0 } = counts;
    return {
      name,
      waiting: waiting + delayed,
      running: active,
      failed: await kept.failedCount(asking, name),
    };
  }

  /** Whether a job of this name runs, or waits although it is due. */
  async function isBusy(name: string): Promise<boolean> {
    const queue = queues.open(jobQueue(name));
    const { waiting = 0, active = 0 } = await queue.getJobCounts('waiting', 'active');
    if (waiting + active > 0) return true;
    const [next] = await queue.getJobs(['delayed'], 0, 0, true);
    return next !== undefined && (next.processedOn ?? next.timestamp) + next.delay <= Date.now();
  }

  async function close(): Promise<void> {
    await Promise.all(running.map((one) => one.close()));
    await queues.close();
    lines.disconnect();
  }

  return {
    async enqueue(job, payload, given) {
      const keep = keepJob(job, payload, given);
      await ask(() => kept.put(asking, job.name, keep));
      await ask(() => queues.call(job.name, keep.id, keep.delayMs));
    },
    async work(job, handle, { parallel = 1 } = {}) {
      if (closing) throw jobsAway('The jobs are closed.');
      assertOnce(handlers, `job ${job.name}`);
      const worker = workOff({
        ...common,
        job,
        handle: handle as JobHandler<unknown>,
        parallel,
        queue: jobQueue(job.name),
        kept,
        random,
        keepFailed,
        callAgain: (id, delayMs) => queues.call(job.name, id, delayMs),
      });
      running.push(worker);
    },
    async schedule(name, { everyMs, timeoutMs }, handle) {
      if (closing) throw jobsAway('The jobs are closed.');
      assertOnce(handlers, `schedule ${name}`);
      running.push(await runSchedule({ ...common, schedule: { name, everyMs, timeoutMs, handle }, ask }));
    },
    async failed(name) {
      const names = name === undefined ? await ask(() => kept.names(asking)) : [name];
      const failures = await Promise.all(names.map((one) => ask(() => kept.failed(asking, one))));
      return failures
        .flat()
        .sort((a, b) => b.failedAt.localeCompare(a.failedAt))
        .slice(0, MAX_LISTED);
    },
    async retryFailed(name, id) {
      const failure = await ask(() => kept.failure(asking, name, id));
      if (!failure) return false;
      const { payload, traceparent } = failure;
      await ask(() => kept.put(asking, name, { id, payload, traceparent, delayMs: 0 }));
      await ask(() => queues.call(name, id, 0));
      return true;
    },
    async depth() {
      const names = await ask(() => kept.names(asking));
      return await Promise.all(names.sort().map((name) => ask(() => depthOf(name))));
    },
    async idle() {
      for (;;) {
        const names = await ask(() => kept.names(asking));
        const busy = await Promise.all(names.map((name) => ask(() => isBusy(name))));
        if (!busy.includes(true)) return;
        await wait(IDLE_POLL_MS);
      }
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}
