import { createHash } from 'node:crypto';
import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';
import { conditionFailed } from '../../kernel/documents/condition-failed.ts';
import { putAudit } from '../audit-entry.ts';
import { currencySchema } from '../currency.ts';
import { plainText } from '../plain-text.ts';
import { transact } from '../transact.ts';
import { changeLevel, levelConflict, putStockUpdated } from './change-level.ts';
import type { InventoryContext } from './inventory-context.ts';

const MAX_QUANTITY = 1_000_000_000;
const MAX_COST_MINOR = 1_000_000_000_000;

export const moveStockSchema = z
  .strictObject({
    /** Chosen by who moves, so that a repeated request moves once. */
    movementId: z.uuid(),
    shopId: z.uuid(),
    productId: z.uuid(),
    stripeCode: plainText(60).trim().min(1),
    reason: z.enum(['receipt', 'waste', 'adjustment']),
    /** Pieces or grams, signed: negative when goods leave. What is on hand is the sum; it is never sent. */
    quantity: z.int().min(-MAX_QUANTITY).max(MAX_QUANTITY),
    /** What the goods cost, in minor units, signed like the quantity; null when it is not known. */
    costMinor: z.int().min(-MAX_COST_MINOR).max(MAX_COST_MINOR).nullable().default(null),
    currency: currencySchema,
    batch: plainText(100).optional(),
    expiresOn: z.iso.date().optional(),
  })
  .superRefine(({ reason, quantity, costMinor }, { addIssue }) => {
    const refuse = (path: string, message: string) => addIssue({ code: 'custom', path: [path], message });
    if (quantity === 0) refuse('quantity', 'A movement moves something.');
    if (reason === 'receipt' && quantity < 0) refuse('quantity', 'What is received is counted up.');
    if (reason === 'waste' && quantity > 0) refuse('quantity', 'What is wasted is counted down.');
    if (costMinor !== null && costMinor * quantity < 0)
      refuse('costMinor', 'It has the sign of the quantity.');
  });
export type MoveStock = z.output<typeof moveStockSchema>;

/**
 * Records a movement that head office makes, of goods that no box keeps, and adds it to the level. False when it was
 * recorded before. Throws MOVEMENT_EXISTS for another movement with this id, STOCK_LEVEL_CONFLICT for a code that is
 * another product's or a level in another currency.
 */
export async function moveStock(
  context: InventoryContext,
  move: MoveStock,
  by: string,
): Promise<{ made: boolean }> {
  const { table, kernel } = context;
  const { movementId, shopId, productId, stripeCode, reason, quantity, costMinor, currency, ...batch } = move;
  const contentHash = createHash('sha256').update(JSON.stringify(move)).digest('hex');
  const now = kernel.clock.now();
  const at = new Date(now).toISOString();
  const transaction = {};
  await table.getModel('Applied').create({ factId: movementId, part: 0, contentHash }, { transaction });
  await table.getModel('Movement').create(
    {
      ...batch,
      ...(costMinor !== null && { costMinor }),
      movementId,
      shopId,
      productId,
      stripeCode,
      type: reason,
      quantity,
      currency,
      date: at.slice(0, 10),
      movedAt: at,
      causeId: movementId,
      createdAt: now,
    },
    { transaction },
  );
  const change = { code: stripeCode, productId, quantity, valueMinor: costMinor ?? 0 };
  await changeLevel(context, shopId, currency, change, now, transaction);
  const subject = `inventory#${shopId}#${stripeCode}`;
  const audit = { subject, auditId: kernel.newId(), at, by, action: 'moved', change: move };
  await putAudit(table, audit, transaction);
  const moved = { shopId, changes: [change], reason, causeId: movementId };
  await putStockUpdated(context, moved, now, transaction);
  try {
    await transact(table, transaction);
  } catch (error) {
    if (!conditionFailed(error)) throw error;
    const isNew = !conditionFailed(error, 0) && !conditionFailed(error, 1);
    if (isNew && conditionFailed(error, 2)) throw await levelConflict(context, shopId, change);
    const there = await table.getModel('Applied').get({ factId: movementId, part: 0 }, { consistent: true });
    if (there?.contentHash === contentHash) return { made: false };
    throw new ButikError('MOVEMENT_EXISTS', { details: { movementId } });
  }
  context.wake();
  return { made: true };
}
