import { compensationReason } from './compensation-reason.ts';
import type { SagaStep } from './saga-step.ts';

/** Sees to it that the customer does not pay, whatever has become of the payment. Never given up. */
export const refund: SagaStep = {
  name: 'refund',
  callTimeoutMs: 8_000,
  async call({ context, saga, options }) {
    const { paymentId, orderId } = saga;
    const payment = await context.clients.payment.cancelPayment(
      { paymentId, orderId, reason: compensationReason(saga) },
      options,
    );
    const certain = ['cancelled', 'failed', 'refunded'].includes(payment.status);
    return certain ? 'refunded' : 'open';
  },
};
