import type { OrderState } from '@butik/domain/orders/states';
import type { SagaContext } from '../order-context.ts';
import { instant, LEASE_MS, type Saga, shardOf } from './saga.ts';
import { advance, hasEnded, type SagaInput } from './states.ts';
import { type OrderChange, writeSaga } from './write-saga.ts';

export interface Move {
  input: SagaInput;
  /** Why the order is to be cancelled, where this begins it; the first reason stays. */
  reason?: string | undefined;
  /** Who asked for the cancelling: `user:NAME`. */
  by?: string;
  /** The order's history gets an entry with its present status: people are to see what was asked. */
  entry?: { status: OrderState; note: string };
}

/**
 * Takes the saga over an input to where it rests next, with everything that this means for the order, in one write.
 * Answers the saga as it is now, or null when somebody else has changed it meanwhile: then nothing is written.
 */
export async function moveSaga(context: SagaContext, saga: Saga, move: Move): Promise<Saga | null> {
  const now = context.kernel.clock.now();
  const entered = advance(saga.state, move.input, { free: saga.amountMinor === 0 });
  const state = entered.at(-1)!;
  const next: Saga = {
    ...saga,
    state,
    version: saga.version + 1,
    attempts: 0,
    since: now,
    ...(hasEnded(state)
      ? { shard: undefined, dueAt: undefined }
      : { shard: shardOf(saga.orderId), dueAt: instant(now + LEASE_MS) }),
    ...(state !== 'paying' && state !== 'reserving' && { payer: undefined }),
    cancelReason: saga.cancelReason ?? move.reason,
    cancelledBy: saga.cancelledBy ?? move.by,
    ...(hasEnded(state) && { lastError: undefined }),
  };
  return (await writeSaga(context, next, changeOf(entered, next, move))) ? next : null;
}

function changeOf(entered: readonly string[], saga: Saga, { by, entry }: Move): OrderChange | undefined {
  if (entered.includes('done')) return { status: 'confirmed', moves: true, by: 'service:order' };
  if (entered.includes('cancelled')) {
    return {
      status: 'cancelled',
      moves: true,
      by: saga.cancelledBy ?? 'service:order',
      note: saga.cancelReason,
    };
  }
  return entry && by !== undefined ? { ...entry, moves: false, by } : undefined;
}
