import { z } from 'zod';
import type { NotificationContext } from './notification-context.ts';
import { CHANNELS } from './templates/template.ts';

export const STATUSES = ['pending', 'sent', 'failed'] as const;

/** One attempt to deliver: taken over by a carrier, or not, with the code and the reason. */
export const attemptSchema = z.object({
  at: z.iso.datetime(),
  carrier: z.string().nullable(),
  code: z.string().nullable(),
  reason: z.string().nullable(),
});
export type Attempt = z.output<typeof attemptSchema>;

export const notificationSummarySchema = z.object({
  notificationId: z.uuid(),
  status: z.enum(STATUSES),
  channel: z.enum(CHANNELS),
  to: z.string(),
  language: z.string().nullable(),
  /** The event it tells of; null when somebody sent it by hand. */
  event: z.string().nullable(),
  templateId: z.string().nullable(),
  orderId: z.string().nullable(),
  userId: z.string().nullable(),
  createdAt: z.iso.datetime(),
  /** When a carrier took it over. */
  sentAt: z.iso.datetime().nullable(),
});
export type NotificationSummary = z.output<typeof notificationSummarySchema>;

export const notificationViewSchema = notificationSummarySchema.extend({
  content: z.object({ subject: z.string().nullable(), text: z.string() }),
  carrier: z.string().nullable(),
  /** The carrier's own id of the message. */
  carrierId: z.string().nullable(),
  /** The delivery log, the first attempt first. */
  attempts: z.array(attemptSchema),
});
export type NotificationView = z.output<typeof notificationViewSchema>;

function notificationModel({ table }: NotificationContext) {
  return table.getModel('Notification');
}
export type StoredNotification = NonNullable<
  Awaited<ReturnType<ReturnType<typeof notificationModel>['get']>>
>;

export function toSummary(item: StoredNotification): NotificationSummary {
  return {
    notificationId: item.notificationId,
    status: item.status,
    channel: item.channel,
    to: item.to,
    language: item.language ?? null,
    event: item.event ?? null,
    templateId: item.templateId ?? null,
    orderId: item.orderId ?? null,
    userId: item.userId ?? null,
    createdAt: item.createdAt,
    sentAt: item.sentAt ?? null,
  };
}

export function toView(item: StoredNotification): NotificationView {
  return {
    ...toSummary(item),
    content: { subject: item.subject ?? null, text: item.text },
    carrier: item.carrier ?? null,
    carrierId: item.carrierId ?? null,
    attempts: item.attempts as Attempt[],
  };
}
