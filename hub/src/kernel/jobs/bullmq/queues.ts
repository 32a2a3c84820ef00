import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { logBullmqError } from './log-bullmq-error.ts';

/** BullMQ decides on failures by what the worker throws; this only must not get in the way. */
const MANY_ATTEMPTS = 1_000_000;
/** Nobody reads BullMQ's event streams here. */
const KEPT_EVENTS = 100;

export const jobQueue = (name: string) => `job.${name}`;
export const scheduleQueue = (name: string) => `schedule.${name}`;

/** The queues of BullMQ that are used here, each opened once. */
export function queues({
  asking,
  prefix,
  logger,
}: {
  asking: Redis;
  prefix: string;
  logger: Pick<Logger, 'warn'>;
}) {
  const opened = new Map<string, Queue>();

  function open(queueName: string): Queue {
    const known = opened.get(queueName);
    if (known) return known;
    const queue = new Queue(queueName, {
      connection: asking,
      prefix,
      streams: { events: { maxLen: KEPT_EVENTS } },
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    });
    queue.on('error', logBullmqError(logger, queueName));
    opened.set(queueName, queue);
    return queue;
  }

  return {
    open,
    /**
     * Has a worker called for a job. A call that is delayed is replaced; one that waits stands for this one; one
     * that runs is followed by this one.
     */
    async call(name: string, id: string, delayMs: number): Promise<void> {
      await open(jobQueue(name)).add(
        name,
        { id },
        {
          delay: delayMs,
          attempts: MANY_ATTEMPTS,
          backoff: { type: 'custom' },
          deduplication: { id, replace: true, keepLastIfActive: true },
        },
      );
    },
    async close(): Promise<void> {
      await Promise.all([...opened.values()].map((queue) => queue.close()));
    },
  };
}

export type Queues = ReturnType<typeof queues>;
