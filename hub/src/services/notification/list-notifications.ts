import { z } from 'zod';
import { decodeCursor, encodeCursor, findFrom, type Page, pageQuerySchema } from '../pages.ts';
import { type NotificationSummary, STATUSES, toSummary } from './notification.ts';
import type { NotificationContext } from './notification-context.ts';
import { CHANNELS } from './templates/template.ts';

export const listNotificationsSchema = pageQuerySchema.extend({
  userId: z.string().min(1).max(100).optional(),
  orderId: z.uuid().optional(),
  status: z.enum(STATUSES).optional(),
  channel: z.enum(CHANNELS).optional(),
  /** Notifications made at this instant or later. */
  from: z.iso.datetime().optional(),
  /** Notifications made before this instant. */
  to: z.iso.datetime().optional(),
});
export type ListNotifications = z.output<typeof listNotificationsSchema>;

/** How much a page may look through when few pass the filter; it may then be short of `limit`. */
const MAX_READS = 20;
const FILTERS = ['status', 'channel', 'userId'] as const;
const EARLIEST = '0';
const LATEST = '~';

/** A page of notifications, the latest first: about one order, to one user, or all. */
export async function listNotifications(
  { table }: NotificationContext,
  query: ListNotifications,
): Promise<Page<NotificationSummary>> {
  const { key, index, partition, between } = rangeOf(query);
  if (between[0] > between[1]) return { items: [], next: null };
  const filters = FILTERS.filter((name) => query[name] !== undefined && !(name in key));
  const where = filters.map((name) => `\${${name}} = @{${name}}`).join(' and ');
  const substitutions = Object.fromEntries(filters.map((name) => [name, query[name]]));
  let next = decodeCursor(query.cursor, partition);
  const items: NotificationSummary[] = [];
  for (let read = 0; read < MAX_READS; read++) {
    const options = {
      index,
      reverse: true,
      limit: query.limit - items.length,
      maxPages: 1,
      ...(filters.length > 0 && { where, substitutions }),
      ...(next && { next }),
    };
    const page = await findFrom(next, () => table.getModel('Notification').find(key, options));
    items.push(...page.map(toSummary));
    next = page.next as Record<string, string> | undefined;
    if (next === undefined || items.length >= query.limit) break;
  }
  return { items, next: encodeCursor(next) };
}

interface Range {
  index: string;
  key: object;
  between: [string, string];
  /** What a cursor of this range names. */
  partition: Record<string, string>;
}

/** The narrowest index that has what is asked for. */
function rangeOf({ orderId, userId, from, to }: ListNotifications): Range {
  const between: [string, string] = [instant(from) ?? EARLIEST, instant(to) ?? LATEST];
  if (orderId !== undefined)
    return {
      index: 'gs2',
      between,
      key: { orderId, gs2sk: { between } },
      partition: { gs2pk: `order#${orderId}` },
    };
  if (userId !== undefined)
    return {
      index: 'gs3',
      between,
      key: { userId, gs3sk: { between } },
      partition: { gs3pk: `user#${userId}` },
    };
  return { index: 'gs1', between, key: { gs1sk: { between } }, partition: { gs1pk: 'notifications' } };
}

/** As the sort keys write it; an id goes on behind the instant, so `to` leaves its own instant out. */
function instant(text: string | undefined): string | undefined {
  return text === undefined ? undefined : new Date(text).toISOString();
}
