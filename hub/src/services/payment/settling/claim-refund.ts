import { type NextStep, nextStep } from '@butik/domain/payments/next-step';
import type { PaymentRow } from '../payment.ts';
import { lockPayment } from '../payment.ts';
import type { PaymentContext } from '../payment-context.ts';
import { lockRefund, type RefundRow, readRefund } from '../refund.ts';
import { takeLease } from './lease.ts';

/** The right to ask the gateway one thing about one refund, committed before it is asked. */
export interface RefundClaim {
  lease: string;
  refund: RefundRow;
  payment: PaymentRow;
  step: Extract<NextStep, 'send' | 'look-up'>;
  /** Epoch milliseconds. */
  begunMs: number;
}

/** Null when there is nothing to ask: its outcome is certain, or somebody else is at it. */
export async function claimRefund(context: PaymentContext, refundId: string): Promise<RefundClaim | null> {
  return context.kernel.sql.transaction(async (tx) => {
    const known = await readRefund(tx, refundId);
    // Always the payment before its refunds, so that nobody waits for each other.
    const payment = known && (await lockPayment(tx, known.paymentId));
    const refund = payment && (await lockRefund(tx, refundId));
    const nowMs = context.kernel.clock.now();
    if (!payment || refund?.status !== 'pending') return null;
    if (refund.leaseUntilMs !== null && refund.leaseUntilMs > nowMs) return null;
    const step = nextStep({ ...refund, refused: refund.refusedCode !== null, unwanted: false }, nowMs);
    if (step !== 'send' && step !== 'look-up') return null;
    const lease = await takeLease(context, tx, {
      table: 'refunds',
      id: refund.id,
      paymentId: payment.id,
      gateway: payment.gateway,
      step,
      operation: step === 'send' ? 'refund' : 'find-refund',
    });
    return { lease, refund, payment, step, begunMs: nowMs };
  });
}
