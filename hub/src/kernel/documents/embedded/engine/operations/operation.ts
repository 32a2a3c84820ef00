import type { Store } from '../store/store.ts';

export interface OperationContext {
  readonly store: Store;
  readonly nowMs: number;
}

/** One operation of the protocol: reads its own request, answers what goes on the wire, throws DynamoError. */
export interface Operation {
  /** Writes run in a transaction and are acknowledged after it is on disk. */
  readonly writes: boolean;
  readonly run: (context: OperationContext, input: unknown) => object;
}
