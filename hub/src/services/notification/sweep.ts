import { beginJob, deliverJob, LOST_AFTER_MS, prepareJob } from './jobs.ts';
import type { NotificationContext } from './notification-context.ts';

/** What a sweep takes up at most; the next one goes on. */
const MAX_FOUND = 200;

/** Begins the work anew that has lost its job: the table is the truth, jobs may be lost with their engine. */
export async function sweep(context: NotificationContext): Promise<void> {
  const { table, kernel } = context;
  const lostBefore = new Date(kernel.clock.now() - LOST_AFTER_MS).toISOString();
  const between: [string, string] = ['0', lostBefore];
  const lost = { gs4sk: { between } };
  const options = { index: 'gs4', limit: MAX_FOUND };
  for (const { eventId } of await table.getModel('Occurrence').find(lost, options))
    await beginJob(context, prepareJob, { eventId }, eventId);
  for (const { notificationId } of await table.getModel('Notification').find(lost, options))
    await beginJob(context, deliverJob, { notificationId }, notificationId);
}
