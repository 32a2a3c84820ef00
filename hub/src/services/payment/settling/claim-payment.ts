import { IN_FLIGHT_MS, type NextStep, nextStep } from '@butik/domain/payments/next-step';
import { sql as template } from 'drizzle-orm';
import type { SqlTx } from '../../../kernel/sql/sql.ts';
import { lockPayment, type PaymentRow } from '../payment.ts';
import type { PaymentContext } from '../payment-context.ts';
import { concludeUnpaid } from './conclude-payment.ts';
import { takeLease } from './lease.ts';

/** The right to ask the gateway one thing about one payment, committed before it is asked. */
export interface PaymentClaim {
  lease: string;
  payment: PaymentRow;
  step: Extract<NextStep, 'send' | 'look-up' | 'cancel'>;
  /** Epoch milliseconds. */
  begunMs: number;
}

/** Null when there is nothing to ask: its outcome is certain, or somebody else is at it. */
export async function claimPayment(context: PaymentContext, paymentId: string): Promise<PaymentClaim | null> {
  return context.kernel.sql.transaction(async (tx) => {
    const payment = await lockPayment(tx, paymentId);
    return payment ? await claimLockedPayment(context, tx, payment) : null;
  });
}

/** The same in the transaction of whoever made or locked the row. */
export async function claimLockedPayment(
  context: PaymentContext,
  tx: SqlTx,
  payment: PaymentRow,
): Promise<PaymentClaim | null> {
  const nowMs = context.kernel.clock.now();
  if (payment.status !== 'pending') return null;
  if (payment.leaseUntilMs !== null && payment.leaseUntilMs > nowMs) return null;
  const { refusedCode } = payment;
  const transfer = { ...payment, refused: refusedCode !== null, unwanted: isUnwanted(payment, nowMs) };
  const step = nextStep(transfer, nowMs);
  if (step === 'end') {
    await concludeUnpaid(context, tx, payment, refusedCode ?? 'NOT_SENT');
    return null;
  }
  if (step === 'wait') {
    const lookAt = new Date((payment.lastSentMs ?? nowMs) + IN_FLIGHT_MS);
    await tx.rows(template`
      UPDATE payment.payments SET look_at = ${lookAt}::timestamptz WHERE id = ${payment.id}`);
    return null;
  }
  const lease = await takeLease(context, tx, {
    table: 'payments',
    id: payment.id,
    paymentId: payment.id,
    gateway: payment.gateway,
    step,
    operation: { send: 'pay', 'look-up': 'find-payment', cancel: 'cancel' }[step],
  });
  return { lease, payment, step, begunMs: nowMs };
}

/** Nobody shall pay it any more. */
export function isUnwanted({ cancelAskedMs, payByMs }: PaymentRow, nowMs: number): boolean {
  return cancelAskedMs !== null || nowMs >= payByMs;
}
