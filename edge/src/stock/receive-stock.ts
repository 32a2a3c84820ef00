import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';
import type { CurrentShop } from '../catalogue/current-shop.ts';
import type { ProductFinder } from '../catalogue/find-product.ts';
import { findLineProduct, productReference } from '../catalogue/line-product.ts';
import type { Ports } from '../ports.ts';
import type { Answered, AnswerOnce } from '../store/answer-once.ts';
import type { GoodsMoved, MoveStock } from './move-stock.ts';

const MAX_LINES = 1000;
const MAX_QUANTITY = 1_000_000_000;

export const receiptRequestSchema = z.strictObject({
  lines: z
    .array(
      productReference({
        quantity: z.number().max(MAX_QUANTITY),
        /** Per piece, or per kilogram for goods in grams; absent when the delivery note does not tell. */
        unitCostMinor: z.int().min(0).max(MAX_QUANTITY).optional(),
        batch: z.string().min(1).max(64).optional(),
        expiresOn: z.iso.date().optional(),
      }),
    )
    .min(1)
    .max(MAX_LINES),
  reference: z.string().min(1).max(64).optional(),
});
export type ReceiptRequest = z.infer<typeof receiptRequestSchema>;

export const receivedSchema = z.object({ receiptId: z.uuid(), movements: z.int() });
export type Received = z.infer<typeof receivedSchema>;

/**
 * Takes a delivery into stock, all lines or none, once per key. Throws PRODUCT_NOT_FOUND,
 * QUANTITY_INVALID and IDEMPOTENCY_KEY_REUSED.
 */
export function createReceiveStock(context: {
  ports: Ports;
  find: ProductFinder;
  currentShop: () => CurrentShop;
  moveStock: MoveStock;
  answerOnce: AnswerOnce;
}) {
  const { ports, find, currentShop, moveStock, answerOnce } = context;

  return (key: string, request: ReceiptRequest): Promise<Answered<Received>> =>
    answerOnce<Received>({ key, operation: 'stock.receive', content: request }, (db) => {
      const receiptId = ports.newId();
      const goods = request.lines.map((line, index): GoodsMoved => {
        const { quantity, unitCostMinor, batch, expiresOn } = line;
        if (!Number.isSafeInteger(quantity) || quantity <= 0) {
          throw new ButikError('QUANTITY_INVALID', { details: { line: index, quantity } });
        }
        const { productId, code, unit } = findLineProduct(find, line, index);
        return {
          productId,
          code,
          unit,
          quantity,
          ...(unitCostMinor !== undefined && { unitCostMinor }),
          ...(batch !== undefined && { batch }),
          ...(expiresOn !== undefined && { expiresOn }),
        };
      });
      const movedAt = new Date(ports.clock.now()).toISOString();
      const { currency } = currentShop();
      moveStock(db, { causeId: receiptId, reason: 'receipt', movedAt, currency }, goods);
      return { receiptId, movements: goods.length };
    });
}
export type ReceiveStock = ReturnType<typeof createReceiveStock>;
