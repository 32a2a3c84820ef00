import { asButikError } from '@butik/proto/errors/butik-error';
import { inSpan } from '@butik/proto/telemetry/span';
import { conditionFailed } from '../../kernel/documents/condition-failed.ts';
import type { Delivery, Messages } from '../../kernel/messages/messages.ts';
import { MAX_ATTEMPTS } from './jobs.ts';
import type { Attempt, StoredNotification } from './notification.ts';
import type { NotificationContext } from './notification-context.ts';
import { textToHtml } from './templates/render.ts';

const MAX_REASON_CHARACTERS = 500;

/**
 * Makes one attempt to deliver a pending notification and logs it. What a carrier refuses for good has failed at
 * once; anything else is thrown, to be tried again, until the attempts are used up. A crash between the carrier and
 * the log delivers again, with the same id.
 */
export async function deliverNotification(
  context: NotificationContext,
  notificationId: string,
  signal: AbortSignal,
): Promise<void> {
  const { table, kernel } = context;
  const there = await table.getModel('Notification').get({ notificationId }, { consistent: true });
  if (there?.status !== 'pending') return;
  const { traceparent, channel } = there;
  const attributes = { 'butik.notification.id': notificationId, 'butik.notification.channel': channel };
  await inSpan('notification.deliver', { kind: 'client', traceparent, attributes }, async () => {
    let delivery: Delivery;
    try {
      delivery = await handOver(kernel.messages, there, signal);
    } catch (error) {
      if (await noteFailure(context, there, error)) return;
      throw error;
    }
    await noteDelivery(context, there, delivery);
  });
}

async function handOver(
  messages: Messages,
  { notificationId: id, channel, to, subject = '', text, language }: StoredNotification,
  signal: AbortSignal,
): Promise<Delivery> {
  switch (channel) {
    case 'email':
      return await messages.sendMail({ id, to, subject, text, html: textToHtml(text, language) }, { signal });
    case 'sms':
      return await messages.sendSms({ id, to, text }, { signal });
    case 'push':
      return await messages.sendPush({ id, to, title: subject, body: text }, { signal });
  }
}

async function noteDelivery(
  { table, kernel }: NotificationContext,
  { notificationId, attempts }: StoredNotification,
  { carrier, carrierId }: Delivery,
): Promise<void> {
  const sentAt = new Date(kernel.clock.now()).toISOString();
  const attempt: Attempt = { at: sentAt, carrier, code: null, reason: null };
  await table
    .getModel('Notification')
    .update(
      { notificationId, status: 'sent', carrier, carrierId, sentAt, attempts: [...attempts, attempt] },
      { remove: ['touchedAt', 'gs4sk'], return: 'none' },
    );
}

/** True when there is no use in another attempt: refused, the last one, or another process was through. */
async function noteFailure(
  { table, kernel }: NotificationContext,
  { notificationId, attempts: before }: StoredNotification,
  thrown: unknown,
): Promise<boolean> {
  const { code, message, details } = asButikError(thrown);
  const at = new Date(kernel.clock.now()).toISOString();
  const reason = String(details.reason ?? message).slice(0, MAX_REASON_CHARACTERS);
  const carrier = typeof details.part === 'string' ? details.part : null;
  const attempts = [...before, { at, carrier, code, reason } satisfies Attempt];
  const last = code === 'MESSAGE_REFUSED' || attempts.length >= MAX_ATTEMPTS;
  const where = '${status} = {pending}';
  try {
    await table
      .getModel('Notification')
      .update(
        { notificationId, attempts, ...(last ? { status: 'failed' } : { touchedAt: at }) },
        { where, return: 'none', ...(last && { remove: ['touchedAt', 'gs4sk'] }) },
      );
  } catch (raced) {
    if (!conditionFailed(raced)) throw raced;
    return true;
  }
  if (last) {
    const about = { notificationId, code, reason };
    kernel.logger.warn(about, 'notification: it was not delivered and will not be');
  }
  return last;
}
