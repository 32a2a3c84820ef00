import { PAYMENT_STATES } from '@butik/domain/payments/states';
import { ButikError } from '@butik/proto/errors/butik-error';
import { type SQL, sql as template } from 'drizzle-orm';
import { z } from 'zod';
import { decodeCursor, encodeCursor, type Page, pageQuerySchema } from '../pages.ts';
import { idSchema } from './id-schema.ts';
import { instantSchema } from './instant-schema.ts';
import { PAYMENT_COLUMNS, type PaymentRow, type PaymentView, REVIEWS, toPaymentView } from './payment.ts';
import type { PaymentContext } from './payment-context.ts';

export const listPaymentsSchema = pageQuerySchema.extend({
  orderId: idSchema.optional(),
  shopId: idSchema.optional(),
  status: z.enum(PAYMENT_STATES).optional(),
  /** Payments that wait for people for this reason, themselves or with a refund. */
  review: z.enum(['any', ...REVIEWS]).optional(),
  /** Payments made at this instant or later. */
  from: instantSchema.optional(),
  /** Payments made before this instant. */
  to: instantSchema.optional(),
});
export type ListPayments = z.output<typeof listPaymentsSchema>;

const keySchema = z.object({
  /** Epoch milliseconds of this century or the next two. */
  createdMs: z.string().regex(/^\d{1,13}$/),
  id: z.uuid(),
});

/** A page of payments, the latest first. Throws REQUEST_INVALID for a cursor that nobody was given. */
export async function listPayments(
  { kernel }: PaymentContext,
  { limit, cursor, ...filters }: ListPayments,
): Promise<Page<PaymentView>> {
  const list = JSON.stringify(filters);
  const after = readKey(decodeCursor(cursor, { list }));
  const { orderId, shopId, status, review, from, to } = filters;
  const conditions: SQL[] = [template`TRUE`];
  if (orderId !== undefined) conditions.push(template`order_id = ${orderId}`);
  if (shopId !== undefined) conditions.push(template`shop_id = ${shopId}`);
  if (status !== undefined) conditions.push(template`status = ${status}`);
  if (review !== undefined) conditions.push(isInReview(review));
  if (from !== undefined) conditions.push(template`created_at >= ${from}::timestamptz`);
  if (to !== undefined) conditions.push(template`created_at < ${to}::timestamptz`);
  if (after) {
    const at = new Date(Number(after.createdMs));
    conditions.push(template`(created_at, id) < (${at}::timestamptz, ${after.id}::uuid)`);
  }
  const rows = await kernel.sql.rows<PaymentRow>(template`
    SELECT ${PAYMENT_COLUMNS} FROM payment.payments WHERE ${template.join(conditions, template` AND `)}
    ORDER BY created_at DESC, id DESC LIMIT ${limit + 1}`);
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return {
    items: page.map(toPaymentView),
    next: encodeCursor(last && { list, createdMs: String(last.createdMs), id: last.id }),
  };
}

function readKey(decoded: Record<string, string> | undefined): z.output<typeof keySchema> | undefined {
  if (decoded === undefined) return undefined;
  const key = keySchema.safeParse(decoded);
  if (key.success) return key.data;
  const message = 'Take it from the page before.';
  throw new ButikError('REQUEST_INVALID', { details: { fields: [{ path: 'cursor', message }] } });
}

function isInReview(review: NonNullable<ListPayments['review']>): SQL {
  const fits = review === 'any' ? template`review IS NOT NULL` : template`review = ${review}`;
  return template`(${fits} OR id IN (SELECT payment_id FROM payment.refunds WHERE ${fits}))`;
}
