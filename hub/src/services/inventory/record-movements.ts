import { ButikError } from '@butik/proto/errors/butik-error';
import { type StockMoved, type StockMovement, stockMoved } from '@butik/proto/facts/stock-moved';
import type { ShopFact } from '@butik/proto/gen/butik/sync/v1/fact';
import { conditionFailed } from '../../kernel/documents/condition-failed.ts';
import { readFact } from '../read-fact.ts';
import { transact } from '../transact.ts';
import { changeLevel, type LevelChange, levelConflict, putStockUpdated } from './change-level.ts';
import type { InventoryContext } from './inventory-context.ts';

/** A transaction has 100 items: 40 movements, up to 40 levels, the mark and the event. */
const MOVEMENTS_A_PART = 40;

/**
 * Records goods that moved in a shop and adds them to its levels. A long fact is written part by part, each
 * in a transaction with its mark and its event StockUpdated, so that a repeated call does what is missing
 * and nothing twice. Throws FACT_TYPE_UNKNOWN, FACT_PAYLOAD_INVALID, MOVEMENT_EXISTS, STOCK_LEVEL_CONFLICT.
 */
export async function recordMovements(
  context: InventoryContext,
  given: ShopFact | undefined,
): Promise<{ recorded: number; repeated: boolean }> {
  const { fact, payload } = readFact(given, stockMoved);
  checkDistinct(payload.movements);
  let recorded = 0;
  for (let from = 0; from < payload.movements.length; from += MOVEMENTS_A_PART) {
    const movements = payload.movements.slice(from, from + MOVEMENTS_A_PART);
    const part = { number: from / MOVEMENTS_A_PART, movements };
    if (await recordPart(context, fact, payload, part)) recorded += movements.length;
  }
  if (recorded > 0) context.wake();
  return { recorded, repeated: recorded === 0 };
}

/** False when the part was recorded before. */
async function recordPart(
  context: InventoryContext,
  fact: ShopFact,
  payload: StockMoved,
  part: { number: number; movements: StockMovement[] },
): Promise<boolean> {
  const { table, kernel } = context;
  const applied = table.getModel('Applied');
  const mark = { factId: fact.factId, part: part.number };
  const transaction = {};
  await applied.create(mark, { transaction });
  const now = kernel.clock.now();
  for (const movement of part.movements)
    await addMovement(context, fact, payload, movement, now, transaction);
  const levels = sumByCode(part.movements);
  for (const level of levels)
    await changeLevel(context, fact.shopId, payload.currency, level, now, transaction);
  const { reason, causeId } = payload;
  await putStockUpdated(context, { shopId: fact.shopId, changes: levels, reason, causeId }, now, transaction);
  try {
    await transact(table, transaction);
    return true;
  } catch (error) {
    if (conditionFailed(error, 0)) return false;
    const taken = part.movements.find((_, index) => conditionFailed(error, 1 + index));
    if (taken) throw new ButikError('MOVEMENT_EXISTS', { details: { movementId: taken.movementId } });
    const firstLevel = 1 + part.movements.length;
    const foreign = levels.find((_, index) => conditionFailed(error, firstLevel + index));
    throw foreign ? await levelConflict(context, fact.shopId, foreign) : error;
  }
}

async function addMovement(
  { table }: InventoryContext,
  { factId, shopId }: ShopFact,
  { reason, movedAt, currency, causeId }: StockMoved,
  { code, costMinor, ...movement }: StockMovement,
  createdAt: number,
  transaction: object,
): Promise<void> {
  const at = new Date(movedAt).toISOString();
  await table.getModel('Movement').create(
    {
      ...movement,
      ...(costMinor !== null && { costMinor }),
      shopId,
      stripeCode: code,
      type: reason,
      date: at.slice(0, 10),
      movedAt: at,
      currency,
      causeId,
      factId,
      createdAt,
    },
    { transaction },
  );
}

/** A transaction names an item once, so the movements of one product are summed before its level is touched. */
function sumByCode(movements: readonly StockMovement[]): LevelChange[] {
  const byCode = new Map<string, LevelChange>();
  for (const { code, productId, quantity, costMinor } of movements) {
    const sum = byCode.get(code) ?? { code, productId, quantity: 0, valueMinor: 0 };
    byCode.set(code, {
      ...sum,
      quantity: sum.quantity + quantity,
      valueMinor: sum.valueMinor + (costMinor ?? 0),
    });
  }
  return [...byCode.values()];
}

function checkDistinct(movements: readonly StockMovement[]): void {
  const ids = new Set(movements.map(({ movementId }) => movementId));
  if (ids.size < movements.length) refuse('A movement id comes twice.');
  const products = new Map(movements.map(({ code, productId }) => [code, productId]));
  if (movements.some(({ code, productId }) => products.get(code) !== productId))
    refuse('A code names two products.');
}

function refuse(message: string): never {
  throw new ButikError('FACT_PAYLOAD_INVALID', { details: { fields: [{ path: 'movements', message }] } });
}
