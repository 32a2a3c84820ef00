import { nextPaymentState } from '@butik/domain/payments/states';
import { sql as template } from 'drizzle-orm';
import type { SqlTx } from '../../../kernel/sql/sql.ts';
import { putAudit } from '../audit.ts';
import type { PaymentOutcome } from '../gateways/gateway.ts';
import { bookTransaction } from '../ledger/book-transaction.ts';
import { openRefund } from '../open-refund.ts';
import type { PaymentRow } from '../payment.ts';
import type { PaymentContext } from '../payment-context.ts';
import { tellFailed, tellProcessed } from '../payment-events.ts';

type Paid = Extract<PaymentOutcome, { kind: 'paid' }>;

/** It is certain, so nothing is to be done any more, and who paid is forgotten. */
const CLOSED = template`payer = '', lease = NULL, lease_until = NULL, look_at = NULL, review = NULL`;

/**
 * The customer has paid: the state, the books, the event and the audit in the caller's transaction. Where it was
 * cancelled meanwhile, the money goes back: answers the id of that refund, which is still to be sent.
 */
export async function concludePaid(
  context: PaymentContext,
  tx: SqlTx,
  payment: PaymentRow,
  { transactionId }: Paid,
): Promise<string | null> {
  const { kernel } = context;
  const nowMs = kernel.clock.now();
  const now = new Date(nowMs);
  const status = nextPaymentState(payment.status, 'processed');
  await tx.rows(template`
    UPDATE payment.payments SET status = ${status}, gateway_transaction_id = ${transactionId},
      processed_at = ${now}::timestamptz, updated_at = ${now}::timestamptz, ${CLOSED} WHERE id = ${payment.id}`);
  await bookTransaction(tx, {
    transactionId: kernel.newId(),
    kind: 'charge',
    paymentId: payment.id,
    refundId: null,
    shopId: payment.shopId ?? 'unknown',
    amountMinor: payment.amountMinor,
    currency: payment.currency,
    gateway: payment.gateway,
    gatewayTransactionId: transactionId,
    atMs: nowMs,
  });
  await auditStatus(context, tx, payment, { status, transactionId });
  await tellProcessed(context, tx, payment);
  if (payment.cancelAskedMs === null) return null;
  return await openRefund(context, tx, payment, {
    refundId: kernel.newId(),
    amountMinor: payment.amountMinor,
    reason: payment.cancelReason,
    by: 'service:payment',
  });
}

/** Nothing was charged and nothing will be; `reason` is the gateway's own code. */
export async function concludeUnpaid(
  context: PaymentContext,
  tx: SqlTx,
  payment: PaymentRow,
  reason: string,
): Promise<void> {
  const nowMs = context.kernel.clock.now();
  const cancelled = payment.cancelAskedMs !== null || nowMs >= payment.payByMs;
  const status = nextPaymentState(payment.status, cancelled ? 'cancelled' : 'failed');
  const failureCode = cancelled ? '' : reason;
  await tx.rows(template`
    UPDATE payment.payments SET status = ${status}, failure_code = ${failureCode},
      updated_at = ${new Date(nowMs)}::timestamptz, ${CLOSED} WHERE id = ${payment.id}`);
  await auditStatus(context, tx, payment, { status, reason });
  const why = payment.cancelAskedMs !== null ? payment.cancelReason : 'EXPIRED';
  await tellFailed(context, tx, payment, cancelled ? why : reason);
}

async function auditStatus(
  { kernel }: PaymentContext,
  tx: SqlTx,
  { id, gateway }: PaymentRow,
  change: Record<string, unknown>,
): Promise<void> {
  await putAudit(tx, {
    subject: `payment:${id}`,
    atMs: kernel.clock.now(),
    by: `gateway:${gateway}`,
    action: 'payment.settle',
    change,
  });
}
