import { z } from 'zod';
import type { OrderTable } from '../order-context.ts';
import { SAGA_STATES } from './states.ts';

function sagaModel(table: OrderTable) {
  return table.getModel('Saga');
}
/** The saga as it is kept beside its order. */
export type Saga = NonNullable<Awaited<ReturnType<ReturnType<typeof sagaModel>['get']>>>;

/** How far an order has come, as the API shows it. */
export const sagaViewSchema = z.object({
  state: z.enum(SAGA_STATES),
  /** When the present step began. */
  since: z.iso.datetime(),
  /** Tries of the present step that did not settle it. */
  attempts: z.int(),
  /** When it is tried again if nothing happens before; null once the saga has ended. */
  dueAt: z.iso.datetime().nullable(),
  /** What the last try met. */
  lastError: z.string().nullable(),
});
export type SagaView = z.output<typeof sagaViewSchema>;

export function toSagaView({ state, since, attempts, dueAt, lastError }: Saga): SagaView {
  return {
    state,
    since: new Date(since).toISOString(),
    attempts,
    dueAt: dueAt ?? null,
    lastError: lastError ?? null,
  };
}

/** Spread over so many partitions, so that no one of them takes the writes of all open sagas. */
export const SHARDS = ['0', '1', '2', '3', '4', '5', '6', '7'] as const;

/** The last digits of a UUIDv7 are random. */
export function shardOf(orderId: string): string {
  return SHARDS[Number.parseInt(orderId.slice(-2), 16) % SHARDS.length]!;
}

/**
 * A saga that is being run is due again so much later: time for its longest call, after which the sweep believes
 * that the process which ran it is gone.
 */
export const LEASE_MS = 15_000;

export function instant(ms: number): string {
  return new Date(ms).toISOString();
}
