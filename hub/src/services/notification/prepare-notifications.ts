import { ButikError } from '@butik/proto/errors/butik-error';
import { paymentProcessed } from '@butik/proto/events/payment';
import { currentTraceparent, inSpan } from '@butik/proto/telemetry/span';
import { v5 as uuidv5 } from 'uuid';
import { conditionFailed } from '../../kernel/documents/condition-failed.ts';
import { transact } from '../transact.ts';
import { compose, type Draft } from './compose.ts';
import { beginJob, deliverJob, MAX_ATTEMPTS } from './jobs.ts';
import type { NotificationContext } from './notification-context.ts';
import { findTemplates } from './templates/find-templates.ts';
import type { TemplateContent } from './templates/template.ts';

/** Of notifications that come from events: the same event and template is the same notification. */
const NAMESPACE = '5d2a5f2e-8f0b-4c0e-9f43-1f2f5f0f7a51';
const MAX_REASON_CHARACTERS = 500;

interface Occurrence {
  eventId: string;
  event: string;
  orderId: string;
  status: 'open' | 'done' | 'given-up';
  attempts: number;
  traceparent?: string | undefined;
}

/**
 * Writes the notifications of an event that was taken and closes it, in one transaction, then has them delivered.
 * What it throws is tried again; after the last attempt the event is given up, and the log says so.
 */
export async function prepareNotifications(
  context: NotificationContext,
  eventId: string,
  signal: AbortSignal,
): Promise<void> {
  const occurrence = await context.table.getModel('Occurrence').get({ eventId }, { consistent: true });
  if (occurrence?.status !== 'open') return;
  const { event, orderId, traceparent } = occurrence;
  const attributes = { 'butik.event.id': eventId, 'butik.event.type': event, 'butik.order.id': orderId };
  await inSpan('notification.prepare', { kind: 'consumer', traceparent, attributes }, async () => {
    try {
      await writeNotifications(context, occurrence, signal);
    } catch (error) {
      if (await noteFailure(context, occurrence, error)) return;
      throw error;
    }
  });
}

async function writeNotifications(
  context: NotificationContext,
  occurrence: Occurrence,
  signal: AbortSignal,
): Promise<void> {
  const { table, kernel, clients } = context;
  const { eventId, event, orderId } = occurrence;
  const order = await clients.order.getOrder({ orderId }, { signal });
  const templates = await findTemplates(table, event as TemplateContent['event']);
  const drafts = compose(order, templates);
  const createdAt = new Date(kernel.clock.now()).toISOString();
  const traceparent = currentTraceparent() ?? occurrence.traceparent;
  const about = {
    event,
    eventId,
    orderId,
    ...(order.userId !== '' && { userId: order.userId }),
    ...(traceparent !== undefined && { traceparent }),
  };
  const idOf = ({ templateId }: Draft) => uuidv5(`${eventId}/${templateId}`, NAMESPACE);
  const transaction = {};
  await table
    .getModel('Occurrence')
    .update(
      { eventId, status: 'done' },
      { transaction, remove: ['touchedAt', 'gs4sk'], where: '${status} = {open}' },
    );
  for (const one of drafts) {
    const { subject, ...draft } = one;
    await table.getModel('Notification').create(
      {
        ...about,
        ...draft,
        ...(subject !== null && { subject }),
        notificationId: idOf(one),
        status: 'pending',
        attempts: [],
        createdAt,
        touchedAt: createdAt,
      },
      { transaction },
    );
  }
  try {
    await transact(table, transaction);
  } catch (error) {
    // Another process was faster and has them delivered.
    if (conditionFailed(error, 0)) return;
    throw error;
  }
  for (const one of drafts) {
    const notificationId = idOf(one);
    await beginJob(context, deliverJob, { notificationId }, notificationId);
  }
}

/** True when there is no use in another attempt: none would help, it was the last one, or another process was through. */
async function noteFailure(
  { table, kernel }: NotificationContext,
  { eventId, event, attempts: before }: Occurrence,
  error: unknown,
): Promise<boolean> {
  const attempts = before + 1;
  const reason = String(error).slice(0, MAX_REASON_CHARACTERS);
  const last = attempts >= MAX_ATTEMPTS || isForNobody(event, error);
  const touchedAt = new Date(kernel.clock.now()).toISOString();
  const where = '${status} = {open}';
  try {
    await table
      .getModel('Occurrence')
      .update(
        { eventId, attempts, reason, ...(last ? { status: 'given-up' } : { touchedAt }) },
        { where, return: 'none', ...(last && { remove: ['touchedAt', 'gs4sk'] }) },
      );
  } catch (raced) {
    if (!conditionFailed(raced)) throw raced;
    return true;
  }
  if (last) {
    kernel.logger.error({ err: error, eventId }, 'notification: an event was given up, nobody is told of it');
  }
  return last;
}

/** A payment may be made for an order that is not the hub's; an event of an order comes from where the order is. */
function isForNobody(event: string, error: unknown): boolean {
  return event === paymentProcessed.type && error instanceof ButikError && error.code === 'ORDER_NOT_FOUND';
}
