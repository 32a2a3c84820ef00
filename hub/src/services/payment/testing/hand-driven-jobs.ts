import type { z } from 'zod';
import type { JobDefinition, JobHandler, Jobs } from '../../../kernel/jobs/jobs.ts';

/** Jobs that wait until the test runs them. */
export interface HandDrivenJobs extends Jobs {
  /** Runs what is due by then, once, and after it every schedule. */
  run(nowMs: number): Promise<void>;
  /** Runs the schedules alone, as if all jobs had been lost. */
  runSchedules(): Promise<void>;
}

export function createHandDrivenJobs(now: () => number): HandDrivenJobs {
  const waiting = new Map<string, { name: string; id: string; payload: unknown; dueMs: number }>();
  const handlers = new Map<string, JobHandler<never>>();
  const schedules: ((signal: AbortSignal) => Promise<void>)[] = [];
  const signal = new AbortController().signal;

  async function runSchedules(): Promise<void> {
    for (const handle of schedules) await handle(signal);
  }

  return {
    async enqueue(job, payload, { id, delayMs = 0 }) {
      waiting.set(`${job.name} ${id}`, { name: job.name, id, payload, dueMs: now() + delayMs });
    },
    async work<Payload extends z.ZodType>(
      job: JobDefinition<Payload>,
      handle: JobHandler<z.output<Payload>>,
    ) {
      handlers.set(job.name, handle as JobHandler<never>);
    },
    async schedule(_name, _options, handle) {
      schedules.push(handle);
    },
    async run(nowMs) {
      const due = [...waiting].filter(([, { dueMs }]) => dueMs <= nowMs);
      for (const [key, { name, id, payload }] of due) {
        waiting.delete(key);
        await handlers.get(name)?.(payload as never, { id, number: 1, signal });
      }
      await runSchedules();
    },
    runSchedules,
    failed: async () => [],
    retryFailed: async () => false,
    depth: async () => [],
    idle: async () => undefined,
    close: async () => undefined,
  };
}
