import { createHash } from 'node:crypto';
import { ButikError } from '@butik/proto/errors/butik-error';
import { currentTraceparent } from '@butik/proto/telemetry/span';
import { v5 as uuidv5 } from 'uuid';
import { z } from 'zod';
import { conditionFailed } from '../../kernel/documents/condition-failed.ts';
import { manyLines, smsSchema } from '../../kernel/messages/messages.ts';
import { putAudit } from '../audit-entry.ts';
import { plainText } from '../plain-text.ts';
import { transact } from '../transact.ts';
import { getNotification } from './get-notification.ts';
import { beginJob, deliverJob } from './jobs.ts';
import type { NotificationView } from './notification.ts';
import type { NotificationContext } from './notification-context.ts';
import { addressSchemas, subjectSchema } from './templates/template.ts';

const about = { userId: plainText(100).min(1).optional(), orderId: z.uuid().optional() };

export const sendSchema = z.discriminatedUnion('channel', [
  z.strictObject({
    ...about,
    channel: z.literal('email'),
    to: addressSchemas.email,
    subject: subjectSchema,
    text: manyLines(100_000).trim().min(1),
  }),
  z.strictObject({ ...about, channel: z.literal('sms'), to: addressSchemas.sms, text: smsSchema.shape.text }),
  z.strictObject({
    ...about,
    channel: z.literal('push'),
    to: addressSchemas.push,
    subject: subjectSchema,
    text: manyLines(700).trim().min(1),
  }),
]);
export type Send = z.output<typeof sendSchema>;

/** Of notifications by hand: the same caller and key is the same notification. */
const NAMESPACE = '0c3a7c36-3a52-4a2c-8f5d-7f5f2a0f6c14';

/**
 * Keeps a message that somebody sends and has it delivered. The same request again, with the same key, answers with
 * what became of the first. Throws IDEMPOTENCY_KEY_REUSED.
 */
export async function sendByHand(
  context: NotificationContext,
  send: Send,
  { key, by }: { key: string; by: string },
): Promise<{ notification: NotificationView; made: boolean }> {
  const { table, kernel } = context;
  const notificationId = uuidv5(`${by}/${key}`, NAMESPACE);
  const contentHash = createHash('sha256').update(JSON.stringify(send)).digest('hex');
  const createdAt = new Date(kernel.clock.now()).toISOString();
  const traceparent = currentTraceparent();
  const transaction = {};
  await table.getModel('Notification').create(
    {
      ...send,
      ...(traceparent !== undefined && { traceparent }),
      notificationId,
      contentHash,
      status: 'pending',
      attempts: [],
      createdAt,
      touchedAt: createdAt,
    },
    { transaction },
  );
  const subject = `notification#${notificationId}`;
  const change = { channel: send.channel, to: send.to };
  const audit = { subject, auditId: kernel.newId(), at: createdAt, by, action: 'sent-by-hand', change };
  await putAudit(table, audit, transaction);
  let made = true;
  try {
    await transact(table, transaction);
  } catch (error) {
    if (!conditionFailed(error, 0)) throw error;
    const there = await table.getModel('Notification').get({ notificationId }, { consistent: true });
    if (there?.contentHash !== contentHash) throw new ButikError('IDEMPOTENCY_KEY_REUSED');
    made = false;
  }
  if (made) await beginJob(context, deliverJob, { notificationId }, notificationId);
  return { notification: await getNotification(context, notificationId), made };
}
