import { setTimeout as wait } from 'node:timers/promises';
import { backoffMs } from '@butik/sync/backoff';
import type { Logger } from 'pino';
import type { Clock } from '../../clock.ts';
import type { Sql } from '../../sql/sql.ts';
import type { JobDefinition, JobHandler } from '../jobs.ts';
import { type Outcome, runAttempt } from '../run-attempt.ts';
import { type ClaimedJob, claimJobs, nextDue } from './claim-jobs.ts';
import { dropOldFailures, type Held, settleDone, settleFailed } from './settle-job.ts';
import { type Pulse, startPulse } from './start-pulse.ts';

export interface WorkersOptions {
  sql: Sql;
  clock: Clock;
  logger: Pick<Logger, 'warn'>;
  random: () => number;
  pollMs: number;
  /** How long after its time an attempt keeps its job, to settle it. */
  marginMs: number;
  keepFailed: number;
  /** Called after each attempt. */
  onSettled(): void;
}

export interface Workers extends Pulse {
  add(worker: { job: JobDefinition; handle: JobHandler<unknown>; parallel: number }): void;
}

interface Worker {
  job: JobDefinition;
  handle: JobHandler<unknown>;
  parallel: number;
  /** By id. */
  running: Map<string, Promise<void>>;
}

const SETTLE_ATTEMPTS = 5;
const SETTLE_AGAIN = { baseMs: 100, maxMs: 1_000 };

/** Works off the jobs of the names that are added to it, each in the slots it was given. */
export function startWorkers(options: WorkersOptions): Workers {
  const { sql, clock, logger, random, marginMs } = options;
  const workers = new Map<string, Worker>();
  let closed = false;
  const pulse = startPulse({ look, pollMs: options.pollMs, logger });

  /** Fills the free slots. A worker without one is looked at when an attempt of it ends. */
  async function look(): Promise<number> {
    const free = [...workers.values()].filter(({ running, parallel }) => running.size < parallel);
    if (free.length === 0) return Number.POSITIVE_INFINITY;
    const next = await nextDue(
      sql,
      free.map(({ job }) => job.name),
    );
    let rest = Number.POSITIVE_INFINITY;
    for (const { name, due } of next) {
      const ahead = due - clock.now();
      // There may be more where this came from, so the next look comes soon.
      if (ahead <= 0 && !closed) await fill(workers.get(name)!);
      rest = Math.min(rest, Math.max(ahead, 0));
    }
    return rest;
  }

  async function fill({ job, handle, parallel, running }: Worker): Promise<void> {
    const now = clock.now();
    const claimed = await claimJobs(sql, {
      name: job.name,
      limit: parallel - running.size,
      now,
      leaseEndsAt: now + job.timeoutMs + marginMs,
      except: [...running.keys()],
    });
    for (const one of claimed) {
      const attempt = attend(job, handle, one).finally(() => {
        running.delete(one.id);
        options.onSettled();
        pulse.wake();
      });
      running.set(one.id, attempt);
    }
  }

  async function attend(job: JobDefinition, handle: JobHandler<unknown>, claimed: ClaimedJob): Promise<void> {
    const { id, attempts, payload, traceparent, lease } = claimed;
    const held = { name: job.name, id, lease };
    const outcome = await runAttempt({
      job,
      handle,
      id,
      number: attempts,
      payload,
      traceparent: traceparent ?? undefined,
    });
    if (!outcome.done) {
      logger.warn({ job: job.name, id, attempt: attempts, ...outcome }, 'jobs: an attempt failed');
    }
    for (let failures = 1; ; failures++) {
      try {
        await settle(job, held, outcome, attempts);
        return;
      } catch (error) {
        if (failures < SETTLE_ATTEMPTS) {
          await wait(backoffMs(failures, SETTLE_AGAIN, random));
          continue;
        }
        logger.warn({ err: error, ...held }, 'jobs: cannot be settled, and will be done again');
        return;
      }
    }
  }

  async function settle(job: JobDefinition, held: Held, outcome: Outcome, attempts: number) {
    if (outcome.done) return await settleDone(sql, held);
    const now = clock.now();
    const limits = { baseMs: job.backoffMs, maxMs: job.maxBackoffMs };
    const retryAt = outcome.final ? undefined : now + backoffMs(attempts, limits, random);
    await settleFailed(sql, held, { error: outcome.error, now, retryAt });
    if (!outcome.final) return;
    const dropped = await dropOldFailures(sql, job.name, options.keepFailed);
    if (dropped.length > 0)
      logger.warn({ job: job.name, dropped }, 'jobs: too many failed, the oldest dropped');
  }

  return {
    add(worker) {
      workers.set(worker.job.name, { ...worker, running: new Map() });
      pulse.wake();
    },
    wake: pulse.wake,
    async close() {
      closed = true;
      await pulse.close();
      await Promise.all([...workers.values()].flatMap(({ running }) => [...running.values()]));
    },
  };
}
