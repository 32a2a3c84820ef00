import type { OrderState } from '@butik/domain/orders/states';
import { createEvent } from '@butik/proto/events/cloud-event';
import { orderCancelled, orderCompleted, orderConfirmed } from '@butik/proto/events/order';
import { conditionFailed } from '../../../kernel/documents/condition-failed.ts';
import { putInOutbox } from '../../../kernel/outbox/put-in-outbox.ts';
import { transact } from '../../transact.ts';
import { historyKey } from '../history-key.ts';
import type { SagaContext } from '../order-context.ts';
import { instant, type Saga } from './saga.ts';
import { compensationReason } from './steps/compensation-reason.ts';

/** What of the order changes together with its saga: its history always, its status where `moves`. */
export interface OrderChange {
  status: OrderState;
  moves: boolean;
  by: string;
  note?: string | undefined;
}

/**
 * Writes the saga as `next`, with the order's status, its history and its event, in one write; only where the saga
 * still has the version before. False: somebody else was first, and nothing is written.
 */
export async function writeSaga(context: SagaContext, next: Saga, change?: OrderChange): Promise<boolean> {
  const { table } = context;
  const onlyAfter = {
    exists: null,
    where: '${version} = @{before}',
    substitutions: { before: next.version - 1 },
  };
  try {
    if (change === undefined) {
      await table.getModel('Saga').create(next, onlyAfter);
      return true;
    }
    const transaction = {};
    await table.getModel('Saga').create(next, { ...onlyAfter, transaction });
    await addChange(context, next, change, transaction);
    await transact(table, transaction);
  } catch (error) {
    if (conditionFailed(error) || isBeingWritten(error)) return false;
    throw error;
  }
  if (change.moves) context.wake();
  return true;
}

/** DynamoDB refuses a single write of an item that a transaction is writing at the same moment. */
function isBeingWritten(thrown: unknown): boolean {
  const { name, code } = thrown as { name?: string; code?: string };
  return [name, code].includes('TransactionConflictException');
}

async function addChange(
  context: SagaContext,
  saga: Saga,
  { status, moves, by, note }: OrderChange,
  transaction: object,
): Promise<void> {
  const { table, kernel } = context;
  const { shopId, orderId, cancelReason } = saga;
  const now = kernel.clock.now();
  // The saga's version is fresh, so there is nothing to overwrite, and one condition less to check.
  await table.getModel('OrderStep').create(
    {
      shopId,
      orderId,
      step: historyKey(saga.version),
      status,
      at: now,
      by,
      ...(note !== undefined && { note }),
    },
    { transaction, exists: null },
  );
  if (!moves) return;
  const reason = status === 'cancelled' ? { cancelReason } : {};
  await table
    .getModel('Order')
    .update({ shopId, orderId, status, updatedAt: now, ...reason }, { transaction });
  const event = eventOf(context, saga, status);
  if (event !== undefined) await putInOutbox(table, event, { transaction });
}

function eventOf({ kernel }: SagaContext, saga: Saga, status: OrderState) {
  const { orderId, shopId, businessDay, currency, amountMinor } = saga;
  const envelope = {
    id: kernel.newId(),
    source: 'butik/hub/order',
    subject: orderId,
    time: instant(kernel.clock.now()),
  };
  if (status === 'cancelled') {
    const data = { orderId, shopId, reason: compensationReason(saga) };
    return createEvent(orderCancelled, { ...envelope, data });
  }
  const data = { orderId, shopId, kind: 'online', businessDay, currency, totalMinor: amountMinor } as const;
  if (status === 'confirmed') return createEvent(orderConfirmed, { ...envelope, data });
  if (status === 'completed') return createEvent(orderCompleted, { ...envelope, data });
  return undefined;
}
