import type { Service } from '../../kernel/service.ts';
import { deliverNotification } from './deliver-notification.ts';
import { deliverJob, prepareJob } from './jobs.ts';
import type { NotificationContext } from './notification-context.ts';
import { prepareNotifications } from './prepare-notifications.ts';
import { notificationRoutes } from './routes.ts';
import { notificationSchema } from './schema.ts';
import { sweep } from './sweep.ts';
import { toldEvents } from './take-event.ts';
import { TOLD_EVENTS } from './templates/template.ts';

/** At a time in this process; carriers have limits of their own. */
const PARALLEL = 4;
const SWEEP_EVERY_MS = 60_000;
const SWEEP_TIMEOUT_MS = 30_000;

/** Tells people what happened, by mail, SMS and push. */
export const notificationService: Service = {
  name: 'notification',
  needs: ['documents', 'bus', 'jobs', 'messages'],
  calls: ['order'],
  consumes: [{ consumer: 'notification', types: TOLD_EVENTS }],
  async start(kernel, clients) {
    const table = await kernel.documents.openTable({ name: 'notifications', schema: notificationSchema });
    const context: NotificationContext = { table, kernel, clients };
    const { jobs } = kernel;
    await jobs.work(
      prepareJob,
      async ({ eventId }, { signal }) => await prepareNotifications(context, eventId, signal),
      { parallel: PARALLEL },
    );
    await jobs.work(
      deliverJob,
      async ({ notificationId }, { signal }) => await deliverNotification(context, notificationId, signal),
      { parallel: PARALLEL },
    );
    const timing = { everyMs: SWEEP_EVERY_MS, timeoutMs: SWEEP_TIMEOUT_MS };
    await jobs.schedule('notification.sweep', timing, async () => await sweep(context));
    return {
      routes: notificationRoutes(context),
      subscriptions: [toldEvents(context)],
      // The jobs belong to the process: it waits for them and closes them.
      idle: async () => await jobs.idle(),
      close: async () => undefined,
    };
  },
};
