import { nextStep } from '@butik/domain/payments/next-step';
import { nextPaymentState } from '@butik/domain/payments/states';
import { sql as template } from 'drizzle-orm';
import type { SqlTx } from '../../../kernel/sql/sql.ts';
import { putAudit } from '../audit.ts';
import type { RefundOutcome } from '../gateways/gateway.ts';
import { bookTransaction } from '../ledger/book-transaction.ts';
import { lockPayment, type PaymentRow } from '../payment.ts';
import type { PaymentContext } from '../payment-context.ts';
import { tellRefunded } from '../payment-events.ts';
import { lockRefund, type RefundRow } from '../refund.ts';
import type { Answer } from './ask-gateway.ts';
import type { RefundClaim } from './claim-refund.ts';
import { keepOpen, type StillOpen } from './keep-open.ts';
import { endCall } from './lease.ts';

/** `declined`: the gateway's own code, where it refused to give the money back. */
export type RefundRecord = { open: StillOpen } | { open: null; declined: string | null };

/** Writes down what the gateway said, unless somebody else has taken the refund over in the meantime. */
export async function recordRefund(
  context: PaymentContext,
  claim: RefundClaim,
  answer: Answer<RefundOutcome>,
): Promise<RefundRecord> {
  return context.kernel.sql.transaction(async (tx): Promise<RefundRecord> => {
    await endCall(context, tx, claim.lease, answer);
    const payment = await lockPayment(tx, claim.payment.id);
    const refund = await lockRefund(tx, claim.refund.id);
    if (!payment || refund?.lease !== claim.lease) return { open: null, declined: null };
    if (answer.kind === 'refunded') {
      await concludeRefunded(context, tx, payment, refund, answer.transactionId);
      return { open: null, declined: null };
    }
    const declined = certainRefusal(claim, refund, answer, context.kernel.clock.now());
    if (declined !== null) {
      await concludeDeclined(context, tx, payment, refund, declined);
      return { open: null, declined };
    }
    const { step } = claim;
    const heard =
      answer.kind === 'declined'
        ? ({ step, answer: 'refused', code: answer.reason } as const)
        : { step, answer: answer.kind };
    const row = { ...refund, unwanted: false, payByMs: null };
    return { open: await keepOpen(context, tx, 'refunds', row, heard) };
  });
}

/**
 * The gateway's code where it is certain that nothing goes back; else null. The refusal of what was sent once more is
 * certain only when the gateway does not know the refund after the time in which one sent before could arrive.
 */
function certainRefusal(
  { step, refund: claimed }: RefundClaim,
  { refusedCode, ...refund }: RefundRow,
  answer: Answer<RefundOutcome>,
  nowMs: number,
): string | null {
  if (answer.kind === 'declined') {
    return step === 'send' && claimed.firstSentMs !== null ? null : answer.reason;
  }
  if (answer.kind !== 'unknown' || refusedCode === null) return null;
  const heard = { ...refund, unknownMs: nowMs, refused: true, unwanted: false };
  return nextStep(heard, nowMs) === 'end' ? refusedCode : null;
}

const CLOSED = template`lease = NULL, lease_until = NULL, look_at = NULL, review = NULL`;

async function concludeRefunded(
  context: PaymentContext,
  tx: SqlTx,
  payment: PaymentRow,
  refund: RefundRow,
  transactionId: string,
): Promise<void> {
  const { kernel } = context;
  const nowMs = kernel.clock.now();
  const now = new Date(nowMs);
  const refundedMinor = payment.refundedMinor + refund.amountMinor;
  const whole = refundedMinor === payment.amountMinor;
  const status = whole ? nextPaymentState(payment.status, 'refunded') : payment.status;
  await tx.rows(template`
    UPDATE payment.refunds SET status = 'processed', gateway_transaction_id = ${transactionId},
      updated_at = ${now}::timestamptz, ${CLOSED} WHERE id = ${refund.id}`);
  await tx.rows(template`
    UPDATE payment.payments SET refunded_minor = ${refundedMinor}, status = ${status}, review = NULL,
      updated_at = ${now}::timestamptz WHERE id = ${payment.id}`);
  await bookTransaction(tx, {
    transactionId: kernel.newId(),
    kind: 'refund',
    paymentId: payment.id,
    refundId: refund.id,
    shopId: payment.shopId ?? 'unknown',
    amountMinor: refund.amountMinor,
    currency: refund.currency,
    gateway: payment.gateway,
    gatewayTransactionId: transactionId,
    atMs: nowMs,
  });
  await auditStatus(context, tx, payment, refund, { status: 'processed', transactionId });
  await tellRefunded(context, tx, payment, refund);
}

/** What was not given back may be given back by another refund; people are told. */
async function concludeDeclined(
  context: PaymentContext,
  tx: SqlTx,
  payment: PaymentRow,
  refund: RefundRow,
  reason: string,
): Promise<void> {
  const now = new Date(context.kernel.clock.now());
  await tx.rows(template`
    UPDATE payment.refunds SET status = 'failed', failure_code = ${reason},
      updated_at = ${now}::timestamptz, ${CLOSED} WHERE id = ${refund.id}`);
  await tx.rows(template`
    UPDATE payment.payments SET review = 'REFUND_DECLINED', updated_at = ${now}::timestamptz
    WHERE id = ${payment.id}`);
  await auditStatus(context, tx, payment, refund, { status: 'failed', reason });
}

async function auditStatus(
  { kernel }: PaymentContext,
  tx: SqlTx,
  { gateway }: PaymentRow,
  { id }: RefundRow,
  change: Record<string, unknown>,
): Promise<void> {
  await putAudit(tx, {
    subject: `refund:${id}`,
    atMs: kernel.clock.now(),
    by: `gateway:${gateway}`,
    action: 'refund.settle',
    change,
  });
}
