import { paymentFailed, paymentProcessed, refundProcessed } from '@butik/proto/events/payment';
import { z } from 'zod';
import type { Subscription } from '../../../kernel/bus/bus.ts';
import type { SagaContext } from '../order-context.ts';
import type { SagaRunner } from './saga-runner.ts';

export const PAYMENT_EVENTS: readonly string[] = [paymentProcessed, paymentFailed, refundProcessed].map(
  ({ type }) => type,
);

const orderSchema = z.object({ orderId: z.uuid(), shopId: z.uuid() });

/**
 * An event of the payment wakes the saga that waits for it, and no more: what has become of the payment is asked of
 * its service. So it does not matter whether the event is late, comes twice, or is lost.
 */
export function wakeByPayment({ table }: SagaContext, runner: SagaRunner): Subscription {
  return {
    consumer: 'order',
    types: PAYMENT_EVENTS,
    async handle({ data }) {
      const { orderId, shopId } = orderSchema.parse(data);
      const saga = await table.getModel('Saga').get({ orderId, shopId }, { consistent: true });
      if (saga?.state === 'paying' || saga?.state === 'refunding') runner.look({ orderId, shopId });
    },
  };
}
