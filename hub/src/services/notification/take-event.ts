import { currentTraceparent } from '@butik/proto/telemetry/span';
import { z } from 'zod';
import type { Subscription } from '../../kernel/bus/bus.ts';
import { conditionFailed } from '../../kernel/documents/condition-failed.ts';
import { beginJob, prepareJob } from './jobs.ts';
import type { NotificationContext } from './notification-context.ts';
import { rememberTold } from './templates/find-templates.ts';
import { TOLD_EVENTS } from './templates/template.ts';

const typeSchema = z.enum(TOLD_EVENTS);
const dataSchema = z.looseObject({ orderId: z.uuid() });

/**
 * Takes the events that somebody is to be told of. An event is kept before it is taken and told of by a job, so that
 * an order service that is away, or a crash, costs no message; the same event again is already there.
 */
export function toldEvents(context: NotificationContext): Subscription {
  const { table, kernel } = context;
  const isTold = rememberTold(table, kernel.clock);
  return {
    consumer: 'notification',
    types: TOLD_EVENTS,
    async handle(event) {
      const type = typeSchema.parse(event.type);
      if (!(await isTold(type))) return;
      const { orderId } = dataSchema.parse(event.data);
      const traceparent = currentTraceparent() ?? event.traceparent;
      try {
        await table.getModel('Occurrence').create({
          eventId: event.id,
          event: type,
          orderId,
          status: 'open',
          attempts: 0,
          touchedAt: new Date(kernel.clock.now()).toISOString(),
          ...(traceparent !== undefined && { traceparent }),
        });
      } catch (error) {
        if (conditionFailed(error)) return;
        throw error;
      }
      await beginJob(context, prepareJob, { eventId: event.id }, event.id);
    },
  };
}
