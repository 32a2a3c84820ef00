import { ButikError } from '@butik/proto/errors/butik-error';
import { type NotificationView, toView } from './notification.ts';
import type { NotificationContext } from './notification-context.ts';

/** A notification with its content and its delivery log. Throws NOTIFICATION_NOT_FOUND. */
export async function getNotification(
  { table }: NotificationContext,
  notificationId: string,
): Promise<NotificationView> {
  const item = await table.getModel('Notification').get({ notificationId }, { consistent: true });
  if (!item) throw new ButikError('NOTIFICATION_NOT_FOUND', { details: { notificationId } });
  return toView(item);
}
