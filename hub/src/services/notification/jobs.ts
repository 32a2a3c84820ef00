import { z } from 'zod';
import { defineJob, type JobDefinition } from '../../kernel/jobs/jobs.ts';
import type { NotificationContext } from './notification-context.ts';

/** Five hours of trying, with the pauses below: as long as a carrier may be away over night. */
export const MAX_ATTEMPTS = 40;
const MAX_BACKOFF_MS = 600_000;
const TIMEOUT_MS = 30_000;
const pauses = {
  maxAttempts: MAX_ATTEMPTS,
  backoffMs: 1_000,
  maxBackoffMs: MAX_BACKOFF_MS,
  timeoutMs: TIMEOUT_MS,
};

/** What no job has touched for so long has lost its job. Longer than any pause between two attempts. */
export const LOST_AFTER_MS = 2 * MAX_BACKOFF_MS;

export const prepareJob = defineJob({
  ...pauses,
  name: 'notification.prepare',
  payload: z.strictObject({ eventId: z.uuid() }),
});

export const deliverJob = defineJob({
  ...pauses,
  name: 'notification.deliver',
  payload: z.strictObject({ notificationId: z.uuid() }),
});

/** Begins work that the table has already: where the job cannot be kept, the sweep finds the work later. */
export async function beginJob<Payload extends z.ZodType>(
  { kernel }: NotificationContext,
  job: JobDefinition<Payload>,
  payload: z.input<Payload>,
  id: string,
): Promise<void> {
  try {
    await kernel.jobs.enqueue(job, payload, { id });
  } catch (err) {
    kernel.logger.warn({ err, job: job.name, id }, 'notification: the job is left to the sweep');
  }
}
