/** What every call between services carries, in process and over gRPC alike. */
export interface CallContext {
  /** Who calls: `service:order`, `node:ID`, `user:ID`. */
  caller: string;
  /** W3C trace context, passed on unchanged. */
  traceparent?: string;
  /** Aborted when the deadline has passed or the caller has gone. */
  signal: AbortSignal;
  /** Epoch milliseconds after which nobody waits for the answer. */
  deadlineMs: number;
}

/** What a caller may say about one call. Without a time-out a call has DEFAULT_TIMEOUT_MS. */
export interface CallOptions {
  caller?: string;
  traceparent?: string;
  timeoutMs?: number;
  signal?: AbortSignal;
}
export const DEFAULT_TIMEOUT_MS = 5_000;

/** A call as it is about to be made. */
export interface RemoteCall {
  /** `butik.order.v1.OrderService`. */
  service: string;
  /** `RecordSale`. */
  method: string;
  /** Whether the method's `idempotency_level` says that it may be called twice. */
  idempotent: boolean;
  /** Until the deadline of the whole, in milliseconds. */
  timeoutMs: number;
  /** Aborted when the caller gives up. */
  signal?: AbortSignal;
}

/** Stands around each call to another process: retries, circuit breakers. It may run an idempotent `call` again. */
export type CallAround = <T>(remote: RemoteCall, call: (signal: AbortSignal) => Promise<T>) => Promise<T>;

interface MessageCodec<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
  fromPartial(partial: object): T;
}

/** One unary method as ts-proto's generic definitions describe it. */
export interface UnaryMethod<Request = unknown, Response = unknown> {
  name: string;
  requestType: MessageCodec<Request>;
  requestStream: false;
  responseType: MessageCodec<Response>;
  responseStream: false;
  options: unknown;
}

/** Whether the .proto file says that calling it twice does no more than calling it once. */
export function isIdempotent({ options }: UnaryMethod): boolean {
  const { idempotencyLevel } = (options ?? {}) as { idempotencyLevel?: string };
  return idempotencyLevel === 'NO_SIDE_EFFECTS' || idempotencyLevel === 'IDEMPOTENT';
}

/** A service as generated in proto/src/gen: `OrderServiceDefinition`, … */
export interface RpcDefinition {
  name: string;
  fullName: string;
  // biome-ignore lint/suspicious/noExplicitAny: the codecs' types are invariant; the mapped types below restore them
  methods: Record<string, UnaryMethod<any, any>>;
}

type RequestOf<M> = M extends { requestType: { fromPartial(partial: infer _P): infer R } } ? R : never;
type PartialOf<M> = M extends { requestType: { fromPartial(partial: infer P): unknown } } ? P : never;
type ResponseOf<M> = M extends { responseType: { fromPartial(partial: infer _P): infer R } } ? R : never;
type ResponsePartialOf<M> = M extends { responseType: { fromPartial(partial: infer P): unknown } }
  ? P
  : never;

/** The server's side of a service: one function a method. Throws ButikError. */
export type RpcHandlers<Definition extends RpcDefinition> = {
  [Name in keyof Definition['methods']]: (
    request: RequestOf<Definition['methods'][Name]>,
    context: CallContext,
  ) => Promise<ResponsePartialOf<Definition['methods'][Name]>>;
};

/** The caller's side; the same type whether the service is in this process or behind gRPC. */
export type RpcClient<Definition extends RpcDefinition> = {
  [Name in keyof Definition['methods']]: (
    request: PartialOf<Definition['methods'][Name]>,
    options?: CallOptions,
  ) => Promise<ResponseOf<Definition['methods'][Name]>>;
};
