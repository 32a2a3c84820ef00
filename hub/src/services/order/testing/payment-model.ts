import { ButikError } from '@butik/proto/errors/butik-error';
import type { PaymentServiceDefinition } from '@butik/proto/gen/butik/payment/v1/payment';
import type { RpcHandlers } from '@butik/proto/rpc/rpc';

interface Payment {
  status: 'pending' | 'processed' | 'failed' | 'cancelled' | 'refunded';
  orderId: string;
  chargedMinor: number;
  refundedMinor: number;
  /** How often the customer was charged. */
  charges: number;
}

/** The payment service as its proto describes it, in memory, for the saga's tests. */
export interface PaymentModel {
  handlers: RpcHandlers<PaymentServiceDefinition>;
  payments: Map<string, Payment>;
  /** What the customer does when asked to pay. */
  customer: 'pays' | 'declines' | 'hesitates';
  /** Whether giving money back takes a second question. */
  slowRefunds: boolean;
  /** The customer who hesitated pays after all. */
  payNow(paymentId: string): void;
}

export function createPaymentModel(): PaymentModel {
  const payments = new Map<string, Payment>();
  const asked = new Map<string, number>();
  const amounts = new Map<string, number>();

  function charge(paymentId: string): void {
    const payment = payments.get(paymentId);
    if (payment?.status !== 'pending') return;
    payment.status = 'processed';
    payment.chargedMinor += amounts.get(paymentId) ?? 0;
    payment.charges += 1;
  }

  function answer(paymentId: string) {
    const { status, orderId } = payments.get(paymentId)!;
    return { paymentId, orderId, status };
  }

  const model: PaymentModel = {
    payments,
    customer: 'pays',
    slowRefunds: false,
    payNow: charge,
    handlers: {
      async processPayment({ paymentId, orderId, amountMinor }) {
        if (payments.has(paymentId)) return answer(paymentId);
        payments.set(paymentId, {
          status: 'pending',
          orderId,
          chargedMinor: 0,
          refundedMinor: 0,
          charges: 0,
        });
        amounts.set(paymentId, amountMinor);
        if (model.customer === 'pays') charge(paymentId);
        if (model.customer === 'declines') payments.get(paymentId)!.status = 'failed';
        return answer(paymentId);
      },
      async getPayment({ paymentId }) {
        if (!payments.has(paymentId)) throw new ButikError('PAYMENT_NOT_FOUND', { details: { paymentId } });
        return answer(paymentId);
      },
      async cancelPayment({ paymentId, orderId }) {
        const times = (asked.get(paymentId) ?? 0) + 1;
        asked.set(paymentId, times);
        const none = { status: 'cancelled' as const, orderId, chargedMinor: 0, refundedMinor: 0, charges: 0 };
        const payment = payments.get(paymentId) ?? none;
        payments.set(paymentId, payment);
        if (payment.status === 'pending') payment.status = 'cancelled';
        if (payment.status === 'processed' && (!model.slowRefunds || times > 1)) {
          payment.status = 'refunded';
          payment.refundedMinor = payment.chargedMinor;
        }
        return answer(paymentId);
      },
      async refundPayment() {
        throw new ButikError('PAYMENT_NOT_FOUND');
      },
    },
  };
  return model;
}
