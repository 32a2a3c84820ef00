import { z } from 'zod';
import { defineEvent } from './cloud-event.ts';

/** Stock on hand changed; each change is a signed quantity. */
export const stockUpdated = defineEvent({
  type: 'StockUpdated',
  version: 1,
  data: z.strictObject({
    shopId: z.uuid(),
    changes: z.array(z.strictObject({ productId: z.uuid(), stripeCode: z.string(), quantity: z.int() })),
    reason: z.string(),
    causeId: z.string(),
  }),
});
