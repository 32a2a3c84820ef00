import type { PaymentContext } from '../payment-context.ts';
import { askAboutRefund } from './ask-gateway.ts';
import { claimRefund } from './claim-refund.ts';
import { recordRefund } from './record-refund.ts';
import { restUntilAsked } from './rest-until-asked.ts';

const MAX_STEPS = 6;

/** Takes an open refund as far as it goes now. Does nothing when somebody else is at it, or when the process closes. */
export async function settleRefund(context: PaymentContext, refundId: string): Promise<void> {
  const { closing } = context.background;
  if (closing.aborted) return;
  let claim = await claimRefund(context, refundId);
  for (let steps = 1; claim !== null; steps++) {
    const paymentId = claim.payment.id;
    const record = await recordRefund(context, claim, await askAboutRefund(context, claim));
    claim = null;
    if (record.open === null) {
      if (record.declined !== null) {
        context.kernel.logger.error(
          { paymentId, refundId, reason: record.declined },
          'payment: the gateway refuses to give money back; somebody must look at it',
        );
      }
    } else if (record.open.again && steps < MAX_STEPS && !closing.aborted) {
      claim = await claimRefund(context, refundId);
    } else {
      await restUntilAsked(context, { paymentId, refundId }, record.open);
    }
  }
  context.wake();
}
