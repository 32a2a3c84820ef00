import { refundableMinor } from '@butik/domain/payments/judge-paid';
import { ButikError } from '@butik/proto/errors/butik-error';
import { sql as template } from 'drizzle-orm';
import type { SqlTx } from '../../kernel/sql/sql.ts';
import { putAudit } from './audit.ts';
import { contentHash } from './content-hash.ts';
import type { PaymentRow } from './payment.ts';
import type { PaymentContext } from './payment-context.ts';
import { refundsOf } from './refund.ts';
import { LEASE_MS } from './settling/lease.ts';

export interface NewRefund {
  refundId: string;
  amountMinor: number;
  reason: string;
  /** Who gives the money back. */
  by: string;
}

/** What may still be given back of a payment that has been paid; its row must be locked. */
export async function refundableOf(tx: SqlTx, payment: PaymentRow): Promise<number> {
  const refunds = await refundsOf(tx, payment.id);
  return refundableMinor(
    payment.amountMinor,
    refunds.filter(({ status }) => status !== 'failed'),
  );
}

/**
 * Writes a refund that is still to be sent, in the transaction that has locked its payment; answers its id.
 * Throws PAYMENT_CONFLICT when the id is that of another payment's refund.
 */
export async function openRefund(
  { kernel }: PaymentContext,
  tx: SqlTx,
  payment: PaymentRow,
  { refundId, amountMinor, reason, by }: NewRefund,
): Promise<string> {
  const nowMs = kernel.clock.now();
  const now = new Date(nowMs);
  const written = await tx.rows(template`
    INSERT INTO payment.refunds
      (id, payment_id, amount_minor, currency, status, reason, content_hash, look_at, created_at, updated_at)
    VALUES (${refundId}, ${payment.id}, ${amountMinor}, ${payment.currency}, 'pending', ${reason},
      ${refundHash({ paymentId: payment.id, amountMinor, reason })}, ${new Date(nowMs + LEASE_MS)}::timestamptz,
      ${now}::timestamptz, ${now}::timestamptz)
    ON CONFLICT DO NOTHING RETURNING id`);
  if (written.length === 0) throw new ButikError('PAYMENT_CONFLICT', { details: { refundId } });
  await putAudit(tx, {
    subject: `refund:${refundId}`,
    atMs: nowMs,
    by,
    action: 'refund.open',
    change: { paymentId: payment.id, amountMinor, currency: payment.currency, reason },
  });
  return refundId;
}

export function refundHash(content: { paymentId: string; amountMinor: number; reason: string }): string {
  return contentHash(content);
}
