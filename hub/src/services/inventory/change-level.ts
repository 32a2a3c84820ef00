import { ButikError } from '@butik/proto/errors/butik-error';
import { createEvent } from '@butik/proto/events/cloud-event';
import { stockUpdated } from '@butik/proto/events/inventory';
import { putInOutbox } from '../../kernel/outbox/put-in-outbox.ts';
import type { InventoryContext } from './inventory-context.ts';

/** What movements of one product add to its level, signed. */
export interface LevelChange {
  code: string;
  productId: string;
  quantity: number;
  valueMinor: number;
}

/** A level is one product's, in one currency, for ever: a movement of another one must not take it over. */
const OWN = [
  '(attribute_not_exists(${productId}) or ${productId} = @{productId})',
  '(attribute_not_exists(${currency}) or ${currency} = @{currency})',
].join(' and ');

/**
 * Adds to the transaction of the movements what they change: a sum, so that movements commute. The condition of this
 * write fails where `levelConflict` says why.
 */
export async function changeLevel(
  { table }: InventoryContext,
  shopId: string,
  currency: string,
  { code, productId, quantity, valueMinor }: LevelChange,
  updatedAt: number,
  transaction: object,
): Promise<void> {
  await table.getModel('Level').update(
    { shopId, stripeCode: code, productId, currency, updatedAt },
    {
      transaction,
      exists: null,
      add: { totalStock: quantity, totalValue: valueMinor },
      where: OWN,
      substitutions: { productId, currency },
    },
  );
}

/** The error for a change whose code is another product's, or whose level is in another currency. */
export async function levelConflict(
  { table }: InventoryContext,
  shopId: string,
  { code: stripeCode }: Pick<LevelChange, 'code'>,
): Promise<ButikError> {
  const there = await table.getModel('Level').get({ shopId, stripeCode }, { consistent: true });
  const { productId, currency } = there ?? {};
  return new ButikError('STOCK_LEVEL_CONFLICT', { details: { shopId, stripeCode, productId, currency } });
}

/** Adds to the transaction of the movements that they have been made. */
export async function putStockUpdated(
  { table, kernel }: InventoryContext,
  moved: { shopId: string; changes: readonly LevelChange[]; reason: string; causeId: string },
  now: number,
  transaction: object,
): Promise<void> {
  const { shopId, changes, reason, causeId } = moved;
  const event = createEvent(stockUpdated, {
    id: kernel.newId(),
    source: 'butik/hub/inventory',
    subject: shopId,
    time: new Date(now).toISOString(),
    data: {
      shopId,
      changes: changes.map(({ productId, code, quantity }) => ({ productId, stripeCode: code, quantity })),
      reason,
      causeId,
    },
  });
  await putInOutbox(table, event, { transaction });
}
