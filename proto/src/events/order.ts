import { z } from 'zod';
import { defineEvent } from './cloud-event.ts';

const order = z.strictObject({
  orderId: z.uuid(),
  shopId: z.uuid(),
  kind: z.enum(['sale', 'return', 'online']),
  businessDay: z.iso.date(),
  currency: z.string(),
  totalMinor: z.int(),
});

export const orderCreated = defineEvent({ type: 'OrderCreated', version: 1, data: order });
export const orderCompleted = defineEvent({ type: 'OrderCompleted', version: 1, data: order });
/** Goods and money are certain; the customer is to be told. */
export const orderConfirmed = defineEvent({ type: 'OrderConfirmed', version: 1, data: order });
export const orderCancelled = defineEvent({
  type: 'OrderCancelled',
  version: 1,
  data: z.strictObject({ orderId: z.uuid(), shopId: z.uuid(), reason: z.string() }),
});
