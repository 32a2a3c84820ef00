import { PAYMENT_STATES, type PaymentState } from '@butik/domain/payments/states';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { Payment } from '@butik/proto/gen/butik/payment/v1/payment';
import { sql as template } from 'drizzle-orm';
import { z } from 'zod';
import type { SqlTx } from '../../kernel/sql/sql.ts';

/** Why a payment, or a refund of it, waits for people. */
export const REVIEWS = [
  'AMOUNT_MISMATCH',
  'FORGOTTEN_BY_GATEWAY',
  'OVERDUE',
  'REFUND_DECLINED',
  'SENT_AFTER_END',
  'PAID_AFTER_END',
] as const;

/** A payment as the API shows it; amounts are minor units of its currency. Whose account paid is not shown. */
export const paymentViewSchema = z.object({
  paymentId: z.uuid(),
  orderId: z.uuid(),
  /** Null when it was cancelled before it was ever asked for. */
  shopId: z.uuid().nullable(),
  userId: z.string(),
  status: z.enum(PAYMENT_STATES),
  amountMinor: z.int(),
  refundedMinor: z.int(),
  currency: z.string(),
  method: z.string(),
  gateway: z.string(),
  gatewayTransactionId: z.string(),
  /** The gateway's own code; empty unless it failed. */
  failureCode: z.string(),
  /** Why people must look at it; null when they need not. */
  review: z.string().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type PaymentView = z.output<typeof paymentViewSchema>;

/** A row of `payment.payments` as the operations read it; times are epoch milliseconds. */
export interface PaymentRow {
  id: string;
  orderId: string;
  shopId: string | null;
  userId: string;
  amountMinor: number;
  refundedMinor: number;
  currency: string;
  status: PaymentState;
  method: string;
  gateway: string;
  gatewayTransactionId: string;
  payer: string;
  message: string;
  failureCode: string;
  contentHash: string | null;
  cancelAskedMs: number | null;
  cancelReason: string;
  payByMs: number;
  firstSentMs: number | null;
  lastSentMs: number | null;
  unknownMs: number | null;
  /** The gateway's code, where it refused what was sent to it once more. */
  refusedCode: string | null;
  looks: number;
  lease: string | null;
  leaseUntilMs: number | null;
  review: string | null;
  createdMs: number;
  updatedMs: number;
}

export const PAYMENT_COLUMNS = template.raw(`
  id, order_id AS "orderId", shop_id AS "shopId", user_id AS "userId", amount_minor AS "amountMinor",
  refunded_minor AS "refundedMinor", currency, status, payment_method AS method, gateway,
  gateway_transaction_id AS "gatewayTransactionId", payer, message, failure_code AS "failureCode",
  content_hash AS "contentHash", cancel_reason AS "cancelReason", refused_code AS "refusedCode", looks, lease, review,
  (extract(epoch FROM cancel_asked_at) * 1000)::bigint AS "cancelAskedMs",
  (extract(epoch FROM pay_by) * 1000)::bigint AS "payByMs",
  (extract(epoch FROM first_sent_at) * 1000)::bigint AS "firstSentMs",
  (extract(epoch FROM last_sent_at) * 1000)::bigint AS "lastSentMs",
  (extract(epoch FROM unknown_at) * 1000)::bigint AS "unknownMs",
  (extract(epoch FROM lease_until) * 1000)::bigint AS "leaseUntilMs",
  (extract(epoch FROM created_at) * 1000)::bigint AS "createdMs",
  (extract(epoch FROM updated_at) * 1000)::bigint AS "updatedMs"`);

/** The payment's row, or undefined. */
export async function readPayment({ rows }: SqlTx, paymentId: string): Promise<PaymentRow | undefined> {
  const [row] = await rows<PaymentRow>(
    template`SELECT ${PAYMENT_COLUMNS} FROM payment.payments WHERE id = ${paymentId}`,
  );
  return row;
}

/** The payment's row, locked until the transaction ends, or undefined. */
export async function lockPayment({ rows }: SqlTx, paymentId: string): Promise<PaymentRow | undefined> {
  const [row] = await rows<PaymentRow>(
    template`SELECT ${PAYMENT_COLUMNS} FROM payment.payments WHERE id = ${paymentId} FOR UPDATE`,
  );
  return row;
}

export function paymentNotFound(paymentId: string): ButikError {
  return new ButikError('PAYMENT_NOT_FOUND', { details: { paymentId } });
}

/** The payment as its callers over gRPC see it. */
export function toPayment(row: PaymentRow): Payment {
  return {
    paymentId: row.id,
    orderId: row.orderId,
    status: row.status,
    amountMinor: row.amountMinor,
    refundedMinor: row.refundedMinor,
    currency: row.currency,
    method: row.method,
    gateway: row.gateway,
    gatewayTransactionId: row.gatewayTransactionId,
    failureCode: row.failureCode,
  };
}

export function toPaymentView(row: PaymentRow): PaymentView {
  return {
    ...toPayment(row),
    status: row.status,
    shopId: row.shopId,
    userId: row.userId,
    review: row.review,
    createdAt: new Date(row.createdMs).toISOString(),
    updatedAt: new Date(row.updatedMs).toISOString(),
  };
}
