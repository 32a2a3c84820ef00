import { z } from 'zod';
import { defineEvent } from './cloud-event.ts';

const payment = z.strictObject({
  paymentId: z.uuid(),
  orderId: z.uuid(),
  shopId: z.uuid(),
  amountMinor: z.int(),
  currency: z.string(),
  method: z.string(),
});

/** The customer has paid. */
export const paymentProcessed = defineEvent({ type: 'PaymentProcessed', version: 1, data: payment });
/** Nothing was charged and nothing will be: declined, given up by the customer, or cancelled by us. */
export const paymentFailed = defineEvent({
  type: 'PaymentFailed',
  version: 1,
  data: payment.extend({ reason: z.string() }),
});
/** Money was given back. */
export const refundProcessed = defineEvent({
  type: 'RefundProcessed',
  version: 1,
  data: payment.extend({ refundId: z.uuid(), reason: z.string() }),
});
