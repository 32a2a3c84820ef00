import { ButikError } from '@butik/proto/errors/butik-error';
import { sql as template } from 'drizzle-orm';
import { z } from 'zod';
import type { SqlTx } from '../../kernel/sql/sql.ts';
import { putAudit } from './audit.ts';
import { getPayment } from './get-payment.ts';
import { idSchema } from './id-schema.ts';
import { openRefund, refundableOf } from './open-refund.ts';
import { lockPayment, type PaymentRow, paymentNotFound } from './payment.ts';
import type { PaymentContext } from './payment-context.ts';
import { refundsOf } from './refund.ts';
import { settlePayment } from './settling/settle-payment.ts';
import { settleRefund } from './settling/settle-refund.ts';
import { settleWithin } from './settling/settle-within.ts';

const MAX_REASON = 200;

export const cancelPaymentSchema = z.object({
  paymentId: idSchema,
  orderId: idSchema,
  /** Whatever is said here, a cancel is taken: what cannot be kept of it is replaced, and the rest cut. */
  reason: z.string().transform(keepable),
});
export type CancelPayment = z.output<typeof cancelPaymentSchema>;

/**
 * Sees to it that the customer does not pay: `cancelled` (or `failed`, when it had failed before) when nothing was
 * charged, `refunded` when what was charged is given back. While neither is certain it answers the status as it
 * stands and goes on in the background. Where the gateway refuses to give the money back it stays `processed`, with a
 * review, until a person has refunded it. An id never heard of becomes a cancelled payment, so that a request to pay
 * which comes later charges nothing. Throws PAYMENT_CONFLICT when the payment is another order's.
 */
export async function cancelPayment(
  context: PaymentContext,
  request: CancelPayment,
  { by, budgetMs }: { by: string; budgetMs: number },
): Promise<PaymentRow> {
  const { paymentId } = request;
  await context.kernel.sql.transaction((tx) => askForEnd(context, tx, request, by));
  const isCertain = async () => {
    const { status } = await getPayment(context, paymentId);
    return status !== 'pending' && (await openRefundsOf(context, paymentId)).length === 0;
  };
  if (!(await isCertain())) {
    await settleWithin(context, budgetMs, isCertain, async () => {
      await settlePayment(context, paymentId);
      for (const refundId of await openRefundsOf(context, paymentId)) await settleRefund(context, refundId);
    });
  }
  return await getPayment(context, paymentId);
}

function keepable(text: string): string {
  return text
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, MAX_REASON)
    .toWellFormed();
}

async function openRefundsOf({ kernel }: PaymentContext, paymentId: string): Promise<string[]> {
  const refunds = await refundsOf(kernel.sql, paymentId);
  return refunds.filter(({ status }) => status === 'pending').map(({ id }) => id);
}

/** Notes that nobody wants the payment any more; what has been paid is to go back. */
async function askForEnd(
  context: PaymentContext,
  tx: SqlTx,
  request: CancelPayment,
  by: string,
): Promise<void> {
  const { paymentId, orderId, reason } = request;
  const atMs = context.kernel.clock.now();
  const unheardOf = await insertCancelled(tx, request, atMs);
  const payment = await lockPayment(tx, paymentId);
  if (!payment) throw paymentNotFound(paymentId);
  if (payment.orderId !== orderId) throw new ButikError('PAYMENT_CONFLICT', { details: { paymentId } });
  if (payment.cancelAskedMs === null || unheardOf) {
    await tx.rows(template`
      UPDATE payment.payments SET cancel_asked_at = ${new Date(atMs)}::timestamptz, cancel_reason = ${reason}
      WHERE id = ${paymentId}`);
    const change = { orderId, reason, status: payment.status };
    await putAudit(tx, { subject: `payment:${paymentId}`, atMs, by, action: 'payment.cancel', change });
  }
  if (payment.status !== 'processed' || (await wasRefused(tx, paymentId))) return;
  const amountMinor = await refundableOf(tx, payment);
  if (amountMinor === 0) return;
  await openRefund(context, tx, payment, { refundId: context.kernel.newId(), amountMinor, reason, by });
}

/**
 * The gateway has refused to give the money back since it was cancelled. Whoever cancels asks again and again; the
 * gateway is asked only once, and then by a person's refund.
 */
async function wasRefused(tx: SqlTx, paymentId: string): Promise<boolean> {
  const refused = await tx.rows(template`
    SELECT FROM payment.payments AS cancelled
    JOIN payment.refunds AS refund ON refund.payment_id = cancelled.id
    WHERE cancelled.id = ${paymentId} AND refund.status = 'failed'
      AND refund.created_at >= cancelled.cancel_asked_at LIMIT 1`);
  return refused.length > 0;
}

async function insertCancelled(
  tx: SqlTx,
  { paymentId, orderId }: CancelPayment,
  atMs: number,
): Promise<boolean> {
  const at = new Date(atMs);
  const rows = await tx.rows(template`
    INSERT INTO payment.payments (id, order_id, user_id, amount_minor, currency, status, payment_method, gateway,
      payer, message, pay_by, created_at, updated_at)
    VALUES (${paymentId}, ${orderId}, '', 0, '', 'cancelled', '', '', '', '', ${at}::timestamptz,
      ${at}::timestamptz, ${at}::timestamptz)
    ON CONFLICT (id) DO NOTHING RETURNING id`);
  return rows.length > 0;
}
