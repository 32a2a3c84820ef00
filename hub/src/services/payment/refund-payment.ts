import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';
import type { SqlTx } from '../../kernel/sql/sql.ts';
import { plainText } from '../plain-text.ts';
import { idSchema } from './id-schema.ts';
import { openRefund, refundableOf, refundHash } from './open-refund.ts';
import { lockPayment, paymentNotFound } from './payment.ts';
import type { PaymentContext } from './payment-context.ts';
import { type RefundRow, readRefund } from './refund.ts';
import { settleRefund } from './settling/settle-refund.ts';
import { settleWithin } from './settling/settle-within.ts';

export const refundPaymentSchema = z.object({
  refundId: idSchema,
  paymentId: idSchema,
  /** Minor units of the payment's currency; a payment may be given back in parts. */
  amountMinor: z.int().positive(),
  reason: plainText(200),
});
export type RefundPayment = z.output<typeof refundPaymentSchema>;

/**
 * Gives money back, once per refund id, and never more than was paid. Answers when the outcome is certain or
 * `budgetMs` is spent, with `pending`. Throws PAYMENT_NOT_FOUND, REFUND_EXCEEDS_PAYMENT, PAYMENT_CONFLICT for the
 * id of another refund.
 */
export async function refundPayment(
  context: PaymentContext,
  request: RefundPayment,
  { by, budgetMs }: { by: string; budgetMs: number },
): Promise<RefundRow> {
  const { sql } = context.kernel;
  const { refundId } = request;
  await sql.transaction((tx) => beginRefund(context, tx, request, by));
  const isCertain = async () => (await readRefund(sql, refundId))?.status !== 'pending';
  if (!(await isCertain())) {
    await settleWithin(context, budgetMs, isCertain, () => settleRefund(context, refundId));
  }
  const refund = await readRefund(sql, refundId);
  if (!refund) throw new ButikError('INTERNAL', { details: { refundId } });
  return refund;
}

/** Under the payment's lock, so that refunds which race cannot give back more than was paid. */
async function beginRefund(
  context: PaymentContext,
  tx: SqlTx,
  { refundId, paymentId, amountMinor, reason }: RefundPayment,
  by: string,
): Promise<void> {
  const payment = await lockPayment(tx, paymentId);
  if (!payment) throw paymentNotFound(paymentId);
  const known = await readRefund(tx, refundId);
  if (known) {
    if (known.contentHash === refundHash({ paymentId, amountMinor, reason })) return;
    throw new ButikError('PAYMENT_CONFLICT', { details: { refundId } });
  }
  const refundable = payment.status === 'processed' ? await refundableOf(tx, payment) : 0;
  if (amountMinor > refundable) {
    throw new ButikError('REFUND_EXCEEDS_PAYMENT', { details: { paymentId, refundableMinor: refundable } });
  }
  await openRefund(context, tx, payment, { refundId, amountMinor, reason, by });
}
