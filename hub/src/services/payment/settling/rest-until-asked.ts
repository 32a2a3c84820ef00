import type { PaymentContext } from '../payment-context.ts';
import type { StillOpen } from './keep-open.ts';
import { settleJob } from './settle-job.ts';

/** Plans the next look, and tells people of what only they can clear up. */
export async function restUntilAsked(
  { kernel }: PaymentContext,
  transfer: { paymentId: string; refundId?: string },
  { restMs, alert }: StillOpen,
): Promise<void> {
  if (alert !== null) {
    kernel.logger.error(
      { ...transfer, review: alert },
      'payment: the outcome is open; somebody must look at it',
    );
  }
  const id = transfer.refundId ?? transfer.paymentId;
  await kernel.jobs.enqueue(settleJob, transfer, { id, delayMs: restMs }).catch((err: unknown) => {
    kernel.logger.warn({ err, ...transfer }, 'payment: no job could be made; the sweep will find it');
  });
}
