import { DynamoError } from './dynamo-error.ts';
import { OPERATIONS } from './operations/operations.ts';
import { Store } from './store/store.ts';

export interface EngineConfig {
  readonly directory: string | ':memory:';
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Called with what should not have happened; the request is answered with InternalServerError. */
  readonly onFault: (fault: unknown, operation: string) => void;
}

export interface EngineRequest {
  /** As in `X-Amz-Target`, without the version: `PutItem`. */
  readonly operation: string;
  readonly input: unknown;
}

/** What goes on the wire, or what the request is refused with. */
export type EngineAnswer = { readonly output: object } | { readonly error: DynamoError };

export interface Engine {
  /**
   * Carries out the requests in this order, the writes among them in one SQLite transaction with one fsync,
   * each of them whole or not at all. When it returns, all that it acknowledges is on disk.
   */
  answer(requests: readonly EngineRequest[]): readonly EngineAnswer[];
  /** Deletes some of the items whose time to live is over; says how many. */
  expire(): number;
  close(): void;
}

const EXPIRED_AT_ONCE = 200;
const MAX_TABLES_SWEPT = 1_000;

export function openEngine(config: EngineConfig): Engine {
  const store = new Store(config.directory);

  function answer(requests: readonly EngineRequest[]): readonly EngineAnswer[] {
    if (!requests.some(isWrite)) return requests.map(answerOne);
    try {
      return store.transaction(() => requests.map(answerOne));
    } catch (fault) {
      // Nothing was kept. Alone, each request meets its own fate: a fault of one is not its neighbours' fault.
      if (requests.length > 1) return requests.flatMap((request) => answer([request]));
      return requests.map((request) => faultOf(fault, request));
    }
  }

  function answerOne(request: EngineRequest): EngineAnswer {
    try {
      return { output: run(request) };
    } catch (error) {
      if (error instanceof DynamoError) return { error };
      if (isWrite(request)) throw error;
      return faultOf(error, request);
    }
  }

  function run({ operation: name, input }: EngineRequest): object {
    const operation = OPERATIONS.get(name);
    if (!operation) throw new DynamoError('UnknownOperationException', `Unknown operation: ${name}`);
    const context = { store, nowMs: config.clock() };
    return operation.writes
      ? store.transaction(() => operation.run(context, input))
      : operation.run(context, input);
  }

  function faultOf(fault: unknown, request: EngineRequest): EngineAnswer {
    config.onFault(fault, request.operation);
    return {
      error: new DynamoError('InternalServerError', 'The request was not carried out; nothing was kept'),
    };
  }

  return {
    answer,
    expire: () => store.transaction(() => expireItems(store, Math.floor(config.clock() / 1000))),
    close: () => store.close(),
  };
}

function isWrite({ operation }: EngineRequest): boolean {
  return OPERATIONS.get(operation)?.writes ?? false;
}

function expireItems(store: Store, nowSeconds: number): number {
  let left = EXPIRED_AT_ONCE;
  for (const name of store.names('', MAX_TABLES_SWEPT)) {
    const table = store.table(name);
    if (left > 0 && table.definition.ttlAttribute) left -= table.expire(nowSeconds, left);
  }
  return EXPIRED_AT_ONCE - left;
}
