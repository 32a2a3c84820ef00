import { z } from 'zod';
import { defineFact } from './define-fact.ts';

export const MOVEMENT_REASONS = ['sale', 'return', 'receipt', 'waste', 'adjustment'] as const;

export const stockMovementSchema = z.strictObject({
  movementId: z.uuid(),
  productId: z.uuid(),
  code: z.string(),
  /** Signed, in the product's unit: negative when goods leave the shop. */
  quantity: z.int(),
  /** FIFO cost of the goods moved, signed like the quantity; null when it is not known. */
  costMinor: z.int().nullable(),
  batch: z.string().optional(),
  expiresOn: z.iso.date().optional(),
});
export type StockMovement = z.infer<typeof stockMovementSchema>;

/** Goods came, went or were found to differ. Movements commute; absolutes are never sent. */
export const stockMoved = defineFact({
  type: 'stock.moved',
  version: 1,
  channel: 'stock',
  payload: z.strictObject({
    /** The sale, return or delivery that moved the goods. */
    causeId: z.uuid(),
    reason: z.enum(MOVEMENT_REASONS),
    movedAt: z.iso.datetime(),
    currency: z.string(),
    movements: z.array(stockMovementSchema).min(1),
  }),
});
export type StockMoved = z.infer<typeof stockMoved.payload>;
