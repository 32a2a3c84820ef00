import { isPaidAsAsked } from '@butik/domain/payments/judge-paid';
import { sql as template } from 'drizzle-orm';
import type { SqlTx } from '../../../kernel/sql/sql.ts';
import type { PaymentOutcome } from '../gateways/gateway.ts';
import { lockPayment, type PaymentRow } from '../payment.ts';
import type { PaymentContext } from '../payment-context.ts';
import type { Answer } from './ask-gateway.ts';
import { isUnwanted, type PaymentClaim } from './claim-payment.ts';
import { concludePaid, concludeUnpaid } from './conclude-payment.ts';
import { keepOpen, type StillOpen } from './keep-open.ts';
import { endCall } from './lease.ts';

/** `refundId`: money that goes back at once, since the payment was cancelled before it turned out to be paid. */
export type PaymentRecord = { open: StillOpen } | { open: null; refundId: string | null };

/** Writes down what the gateway said, unless somebody else has taken the payment over in the meantime. */
export async function recordPayment(
  context: PaymentContext,
  claim: PaymentClaim,
  answer: Answer<PaymentOutcome>,
): Promise<PaymentRecord> {
  return context.kernel.sql.transaction(async (tx): Promise<PaymentRecord> => {
    await endCall(context, tx, claim.lease, answer);
    const payment = await lockPayment(tx, claim.payment.id);
    if (payment?.lease !== claim.lease) {
      if (payment && claim.step === 'send') await reportIfTooLate(context, tx, payment, answer);
      return { open: null, refundId: null };
    }
    return await apply(context, tx, payment, claim, answer);
  });
}

async function apply(
  context: PaymentContext,
  tx: SqlTx,
  payment: PaymentRow,
  claim: PaymentClaim,
  answer: Answer<PaymentOutcome>,
): Promise<PaymentRecord> {
  const { step } = claim;
  const row = { ...payment, unwanted: isUnwanted(payment, context.kernel.clock.now()) };
  if (answer.kind === 'declined') {
    if (step === 'send' && claim.payment.firstSentMs !== null) {
      // What is refused is this request; one that was sent before may still arrive.
      const refused = { step, answer: 'refused', code: answer.reason } as const;
      return { open: await keepOpen(context, tx, 'payments', row, refused) };
    }
    await concludeUnpaid(context, tx, payment, answer.reason);
    return { open: null, refundId: null };
  }
  if (answer.kind === 'paid' && isPaidAsAsked(payment, answer)) {
    return { open: null, refundId: await concludePaid(context, tx, payment, answer) };
  }
  const heard = answer.kind === 'paid' ? 'mismatch' : answer.kind;
  return { open: await keepOpen(context, tx, 'payments', row, { step, answer: heard }) };
}

/**
 * Somebody took the payment over, found that the gateway did not know it, long after it was sent, and ended it; and
 * then the request arrived after all. It cannot happen while a call ends in less than IN_FLIGHT_MS; if it does
 * nevertheless, the customer may pay for nothing.
 */
async function reportIfTooLate(
  { kernel }: PaymentContext,
  tx: SqlTx,
  { id, status }: PaymentRow,
  { kind }: Answer<PaymentOutcome>,
): Promise<void> {
  if (status !== 'cancelled' || kind === 'declined' || kind === 'lost') return;
  await tx.rows(template`UPDATE payment.payments SET review = 'SENT_AFTER_END' WHERE id = ${id}`);
  kernel.logger.error({ paymentId: id, review: 'SENT_AFTER_END' }, 'payment: somebody must look at it');
}
