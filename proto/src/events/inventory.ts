import { z } from 'zod';
import { defineEvent } from './cloud-event.ts';

const reservation = z.strictObject({
  reservationId: z.uuid(),
  orderId: z.uuid(),
  shopId: z.uuid(),
  lines: z.array(z.strictObject({ productId: z.uuid(), quantity: z.int() })),
});

/** Goods are held for an order. */
export const inventoryReserved = defineEvent({ type: 'InventoryReserved', version: 1, data: reservation });
/** Goods that were held may be sold again. */
export const inventoryReleased = defineEvent({
  type: 'InventoryReleased',
  version: 1,
  data: reservation.extend({ reason: z.string() }),
});

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

/** A level fell below its threshold; told once, and again only after it was back at the threshold or above. */
export const lowStockAlert = defineEvent({
  type: 'LowStockAlert',
  version: 1,
  data: z.strictObject({
    shopId: z.uuid(),
    productId: z.uuid(),
    stripeCode: z.string(),
    totalStock: z.int(),
    threshold: z.int(),
  }),
});
