import { ButikError } from '@butik/proto/errors/butik-error';
import type { Saga } from '../saga.ts';
import type { SagaInput } from '../states.ts';
import type { SagaStep } from './saga-step.ts';

/**
 * Charges the customer, or hears what has become of it. When its time is over it only looks: a customer who has paid
 * while this service was down gets the goods, and nobody is asked to pay any more.
 */
export const pay: SagaStep = {
  name: 'pay',
  callTimeoutMs: 8_000,
  giveUpAfterMs: 15 * 60_000,
  async call({ context, saga, options }) {
    const payment = await context.clients.payment.processPayment(
      {
        paymentId: saga.paymentId,
        orderId: saga.orderId,
        shopId: saga.shopId,
        userId: saga.userId ?? '',
        amountMinor: saga.amountMinor,
        currency: saga.currency,
        method: saga.method,
        payer: saga.payer ?? '',
        message: messageOf(saga),
      },
      options,
    );
    return outcomeOf(payment.status);
  },
  async lastLook({ context, saga: { paymentId }, options }) {
    try {
      const { status } = await context.clients.payment.getPayment({ paymentId }, options);
      const outcome = outcomeOf(status);
      return outcome === 'open' ? 'timed-out' : outcome;
    } catch (error) {
      if (error instanceof ButikError && error.code === 'PAYMENT_NOT_FOUND') return 'timed-out';
      throw error;
    }
  },
};

function outcomeOf(status: string): SagaInput | 'open' {
  if (status === 'processed') return 'paid';
  if (status === 'failed' || status === 'cancelled' || status === 'refunded') return 'unpaid';
  return 'open';
}

/** The end of the order's id is enough for people to tell orders apart. */
function messageOf({ orderId }: Saga): string {
  return `Order ${orderId.slice(-8)}`;
}
