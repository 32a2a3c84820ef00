import { sql as template } from 'drizzle-orm';
import { z } from 'zod';
import { plainText } from '../plain-text.ts';
import { putAudit } from './audit.ts';
import { getPayment } from './get-payment.ts';
import { idSchema } from './id-schema.ts';
import { lockPayment, type PaymentRow, paymentNotFound } from './payment.ts';
import type { PaymentContext } from './payment-context.ts';
import { refundsOf } from './refund.ts';

export const resolveReviewSchema = z.object({
  paymentId: idSchema,
  /** What was found out, and done about it. */
  note: plainText(1_000).min(1),
});
export type ResolveReview = z.output<typeof resolveReviewSchema>;

/**
 * Says that somebody has looked at a payment and its refunds. It moves no money and changes no status: one that is
 * open comes back to review when it is next looked at and is as it was. Without a review it does nothing. Throws
 * PAYMENT_NOT_FOUND.
 */
export async function resolveReview(
  context: PaymentContext,
  { paymentId, note }: ResolveReview,
  by: string,
): Promise<PaymentRow> {
  const { kernel } = context;
  await kernel.sql.transaction(async (tx) => {
    const payment = await lockPayment(tx, paymentId);
    if (!payment) throw paymentNotFound(paymentId);
    const all = [payment, ...(await refundsOf(tx, paymentId))];
    const reviews = all.flatMap(({ review }) => review ?? []);
    if (reviews.length === 0) return;
    const atMs = kernel.clock.now();
    await tx.rows(template`
      UPDATE payment.payments SET review = NULL, updated_at = ${new Date(atMs)}::timestamptz
      WHERE id = ${paymentId}`);
    await tx.rows(template`
      UPDATE payment.refunds SET review = NULL WHERE payment_id = ${paymentId} AND review IS NOT NULL`);
    await putAudit(tx, {
      subject: `payment:${paymentId}`,
      atMs,
      by,
      action: 'payment.resolve-review',
      change: { note, reviews },
    });
  });
  return await getPayment(context, paymentId);
}
