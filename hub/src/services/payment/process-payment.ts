import { ButikError } from '@butik/proto/errors/butik-error';
import { sql as template } from 'drizzle-orm';
import { z } from 'zod';
import type { SqlTx } from '../../kernel/sql/sql.ts';
import { currencySchema } from '../currency.ts';
import { plainText } from '../plain-text.ts';
import { putAudit } from './audit.ts';
import { contentHash } from './content-hash.ts';
import { idSchema } from './id-schema.ts';
import { lockPayment, type PaymentRow, paymentNotFound, readPayment } from './payment.ts';
import type { PaymentContext } from './payment-context.ts';
import { claimLockedPayment, type PaymentClaim } from './settling/claim-payment.ts';
import { carryOnPayment, settlePayment } from './settling/settle-payment.ts';
import { settleWithin } from './settling/settle-within.ts';

/** Amounts are minor units. */
export const processPaymentSchema = z.object({
  /** Chosen by the caller; the same id is the same payment, for ever. */
  paymentId: idSchema,
  orderId: idSchema,
  shopId: idSchema,
  userId: plainText(200).default(''),
  amountMinor: z.int().positive(),
  currency: currencySchema,
  /** `swish` */
  method: plainText(50).min(1),
  /** The number of the payer's Swish; never card data. */
  payer: plainText(50).min(1),
  message: plainText(200).default(''),
});
export type ProcessPayment = z.output<typeof processPaymentSchema>;

/** How long a customer may take to pay. */
const PAY_WITHIN_MS = 15 * 60_000;

/**
 * Charges the customer, once. The payment is committed as `pending` before the gateway is called. Answers when the
 * outcome is certain or `budgetMs` is spent, with `pending`: it is settled in the background then. Throws
 * PAYMENT_CONFLICT for the id of another payment, PAYMENT_METHOD_UNAVAILABLE.
 */
export async function processPayment(
  context: PaymentContext,
  request: ProcessPayment,
  { by, budgetMs }: { by: string; budgetMs: number },
): Promise<PaymentRow> {
  const { sql } = context.kernel;
  const hash = contentHash(request);
  const known = await readPayment(sql, request.paymentId);
  if (known) refuseOther(known, request, hash);
  const begun = known ? null : await begin(context, request, hash, by);
  let first: PaymentClaim | null = begun;
  const isCertain = async () => (await readPayment(sql, request.paymentId))?.status !== 'pending';
  if (begun !== null || !(await isCertain())) {
    await settleWithin(context, budgetMs, isCertain, async () => {
      const claim = first;
      first = null;
      if (claim) await carryOnPayment(context, claim);
      else await settlePayment(context, request.paymentId);
    });
  }
  const payment = await readPayment(sql, request.paymentId);
  if (!payment) throw paymentNotFound(request.paymentId);
  return payment;
}

/** Writes the payment and the claim to send it, in one transaction; null when another call was faster. */
async function begin(
  context: PaymentContext,
  request: ProcessPayment,
  hash: string,
  by: string,
): Promise<PaymentClaim | null> {
  const gateway = context.gateways.forMethod(request.method);
  return context.kernel.sql.transaction(async (tx) => {
    const written = await insertPayment(context, tx, request, { gateway: gateway.name, hash });
    const payment = await lockPayment(tx, request.paymentId);
    if (!payment) throw paymentNotFound(request.paymentId);
    if (!written) {
      refuseOther(payment, request, hash);
      return null;
    }
    const { paymentId, orderId, amountMinor, currency, method } = request;
    await putAudit(tx, {
      subject: `payment:${paymentId}`,
      atMs: payment.createdMs,
      by,
      action: 'payment.process',
      change: { orderId, amountMinor, currency, method },
    });
    return await claimLockedPayment(context, tx, payment);
  });
}

async function insertPayment(
  { kernel }: PaymentContext,
  tx: SqlTx,
  request: ProcessPayment,
  { gateway, hash }: { gateway: string; hash: string },
): Promise<boolean> {
  const nowMs = kernel.clock.now();
  const now = new Date(nowMs);
  const payBy = new Date(nowMs + PAY_WITHIN_MS);
  const rows = await tx.rows(template`
    INSERT INTO payment.payments (id, order_id, shop_id, user_id, amount_minor, currency, status, payment_method,
      gateway, payer, message, content_hash, pay_by, look_at, created_at, updated_at)
    VALUES (${request.paymentId}, ${request.orderId}, ${request.shopId}, ${request.userId}, ${request.amountMinor},
      ${request.currency}, 'pending', ${request.method}, ${gateway}, ${request.payer}, ${request.message}, ${hash},
      ${payBy}::timestamptz, ${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz)
    ON CONFLICT (id) DO NOTHING RETURNING id`);
  return rows.length > 0;
}

/** A payment that was cancelled before it was asked for has no content but its order. */
function refuseOther(known: PaymentRow, { paymentId, orderId }: ProcessPayment, hash: string): void {
  const same = known.contentHash === null ? known.orderId === orderId : known.contentHash === hash;
  if (!same) throw new ButikError('PAYMENT_CONFLICT', { details: { paymentId } });
}
