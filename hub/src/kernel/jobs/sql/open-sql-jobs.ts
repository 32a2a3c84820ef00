import type { Logger } from 'pino';
import type { Clock } from '../../clock.ts';
import { migrate } from '../../sql/migrate.ts';
import type { Sql } from '../../sql/sql.ts';
import { assertOnce } from '../assert-once.ts';
import type { JobHandler, Jobs } from '../jobs.ts';
import { jobsAway } from '../jobs-away.ts';
import { keepJob } from '../keep-job.ts';
import { failedJobs, isBusy, jobDepth, retryFailedJob } from './inspect-jobs.ts';
import { migrations } from './migrations.ts';
import { CHANNEL, putJob } from './put-job.ts';
import { startSchedules } from './start-schedules.ts';
import { startWorkers } from './start-workers.ts';

export interface SqlJobsOptions {
  /** Stays open when the jobs are closed. */
  sql: Sql;
  /** Says when jobs are due and leases end. Clocks of several processes are to agree within `marginMs`. */
  clock: Clock;
  logger: Pick<Logger, 'warn'>;
  /** For the jitter of pauses; [0, 1). */
  random?: () => number;
  /** Looks by itself this often, for what nobody told of; 2 s unless told. */
  pollMs?: number;
  /** How long after its `timeoutMs` a job that was not settled goes to another process; 5 s unless told. */
  marginMs?: number;
  /** Failed jobs kept of each name, the latest; 1,000 unless told. */
  keepFailed?: number;
}

/**
 * Jobs kept in the relational store, for a hub in one process or in several on PostgreSQL. No transaction is open
 * while a handler runs. SERVICE_UNAVAILABLE, also when it opens, while the store is away; workers make up for it.
 */
export async function openSqlJobs(options: SqlJobsOptions): Promise<Jobs> {
  const {
    sql,
    clock,
    logger,
    random = Math.random,
    pollMs = 2_000,
    marginMs = 5_000,
    keepFailed = 1_000,
  } = options;
  await migrate(sql, 'kernel.jobs', migrations);
  const names = new Set<string>();
  let change = Promise.withResolvers<void>();
  let closing: Promise<void> | undefined;

  function onSettled(): void {
    change.resolve();
    change = Promise.withResolvers();
  }

  const workers = startWorkers({ sql, clock, logger, random, pollMs, marginMs, keepFailed, onSettled });
  const schedules = startSchedules({ sql, clock, logger, pollMs, marginMs });
  const endListening = await sql.listen(CHANNEL, workers.wake, workers.wake).catch(async (error: unknown) => {
    await Promise.all([workers.close(), schedules.close()]);
    throw error;
  });

  function assertOpen(): void {
    if (closing) throw jobsAway('The jobs are closed.');
  }

  async function close(): Promise<void> {
    onSettled();
    await Promise.all([workers.close(), schedules.close()]);
    await endListening();
  }

  return {
    async enqueue(job, payload, given) {
      assertOpen();
      const kept = keepJob(job, payload, given);
      await putJob(sql, job.name, kept, { now: clock.now(), tellWithinMs: pollMs });
      workers.wake();
    },
    async work(job, handle, { parallel = 1 } = {}) {
      assertOpen();
      assertOnce(names, `job ${job.name}`);
      workers.add({ job, handle: handle as JobHandler<unknown>, parallel });
    },
    async schedule(name, { everyMs, timeoutMs }, handle) {
      assertOpen();
      assertOnce(names, `schedule ${name}`);
      await schedules.add({ name, everyMs, timeoutMs, handle });
    },
    failed: (name) => failedJobs(sql, name),
    async retryFailed(name, id) {
      assertOpen();
      const begun = await retryFailedJob(sql, name, id, clock.now());
      workers.wake();
      return begun;
    },
    depth: () => jobDepth(sql),
    async idle() {
      for (;;) {
        assertOpen();
        const changed = change.promise;
        workers.wake();
        if (!(await isBusy(sql, clock.now()))) return;
        await settledOrAfter(changed, pollMs);
      }
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** Another process tells nobody here of what it has done. */
async function settledOrAfter(changed: Promise<void>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([changed, promise]);
  clearTimeout(timer);
}
