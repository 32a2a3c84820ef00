import { z } from 'zod';
import {
  type PaymentRow,
  paymentNotFound,
  paymentViewSchema,
  readPayment,
  toPaymentView,
} from './payment.ts';
import type { PaymentContext } from './payment-context.ts';
import { refundsOf, refundViewSchema, toRefund } from './refund.ts';

export const paymentDetailSchema = paymentViewSchema.extend({ refunds: z.array(refundViewSchema) });
export type PaymentDetail = z.output<typeof paymentDetailSchema>;

/** Throws PAYMENT_NOT_FOUND. */
export async function getPayment({ kernel }: PaymentContext, paymentId: string): Promise<PaymentRow> {
  const row = await readPayment(kernel.sql, paymentId);
  if (!row) throw paymentNotFound(paymentId);
  return row;
}

/** A payment with its refunds, the oldest first. Throws PAYMENT_NOT_FOUND. */
export async function getPaymentDetail(context: PaymentContext, paymentId: string): Promise<PaymentDetail> {
  const row = await getPayment(context, paymentId);
  const refunds = await refundsOf(context.kernel.sql, paymentId);
  return { ...toPaymentView(row), refunds: refunds.map(toRefund) };
}
