import type { PaymentContext } from '../payment-context.ts';
import { askAboutPayment } from './ask-gateway.ts';
import { claimPayment, type PaymentClaim } from './claim-payment.ts';
import { recordPayment } from './record-payment.ts';
import { restUntilAsked } from './rest-until-asked.ts';
import { settleRefund } from './settle-refund.ts';

/** What is asked in one go, at most; a longer story goes on at the next look. */
const MAX_STEPS = 6;

/** Takes an open payment as far as it goes now. Does nothing when somebody else is at it, or when the process closes. */
export async function settlePayment(context: PaymentContext, paymentId: string): Promise<void> {
  if (context.background.closing.aborted) return;
  await carryOnPayment(context, await claimPayment(context, paymentId));
}

/** The same from a claim that was made together with the payment. */
export async function carryOnPayment(context: PaymentContext, first: PaymentClaim | null): Promise<void> {
  const { closing } = context.background;
  let claim = first;
  for (let steps = 1; claim !== null; steps++) {
    const paymentId = claim.payment.id;
    const record = await recordPayment(context, claim, await askAboutPayment(context, claim));
    claim = null;
    if (record.open === null) {
      if (record.refundId !== null) await settleRefund(context, record.refundId);
    } else if (record.open.again && steps < MAX_STEPS && !closing.aborted) {
      claim = await claimPayment(context, paymentId);
    } else {
      await restUntilAsked(context, { paymentId }, record.open);
    }
  }
  context.wake();
}
