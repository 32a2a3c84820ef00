import { instant, LEASE_MS, type Saga, shardOf } from './saga.ts';

/** What a saga knows of its order from the beginning. */
export type SagaBeginning = Pick<
  Saga,
  | 'orderId'
  | 'shopId'
  | 'reservationId'
  | 'paymentId'
  | 'userId'
  | 'businessDay'
  | 'currency'
  | 'amountMinor'
  | 'method'
  | 'payer'
  | 'traceparent'
> & {
  /** Epoch milliseconds. */
  createdAt: number;
};

/** The saga of an order that was just made: the goods are being reserved. */
export function firstSaga({ createdAt, ...beginning }: SagaBeginning): Saga {
  return {
    orderId: beginning.orderId,
    shopId: beginning.shopId,
    reservationId: beginning.reservationId,
    paymentId: beginning.paymentId,
    userId: beginning.userId,
    businessDay: beginning.businessDay,
    currency: beginning.currency,
    amountMinor: beginning.amountMinor,
    method: beginning.method,
    payer: beginning.payer,
    traceparent: beginning.traceparent,
    state: 'reserving',
    version: 1,
    attempts: 0,
    since: createdAt,
    shard: shardOf(beginning.orderId),
    dueAt: instant(createdAt + LEASE_MS),
  };
}
