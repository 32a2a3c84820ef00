import {
  type ChannelCredentials,
  Client,
  type ClientUnaryCall,
  credentials as grpcCredentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { ButikError } from '../errors/butik-error.ts';
import { inClientSpan } from './call-span.ts';
import { reasonOf } from './call-within.ts';
import { completeOptions } from './current-call.ts';
import { decodeError, errorOfStatus } from './error-wire.ts';
import { CHANNEL_OPTIONS, targetOf } from './grpc-channel.ts';
import { asIs, CALLER_KEY, ERROR_KEY, methodPath, TRACEPARENT_KEY } from './grpc-wire.ts';
import { encodeRequest } from './message-bytes.ts';
import {
  type CallAround,
  type CallOptions,
  isIdempotent,
  type RpcClient,
  type RpcDefinition,
  type UnaryMethod,
} from './rpc.ts';

interface GrpcClientOptions {
  /** Who calls, unless a call says otherwise; without it the service whose handler calls. */
  caller?: string;
  credentials?: ChannelCredentials;
  around?: CallAround;
}

/**
 * Calls a service at `address` (`host:port`). Every address that the name has in DNS is used in turn, so that a
 * service with several processes shares the work. Connects at the first call and again, after a growing pause of at
 * most two seconds, when a connection is lost; while there is none, calls fail with SERVICE_UNAVAILABLE. Throws
 * ButikError and nothing else.
 */
export function createGrpcClient<Definition extends RpcDefinition>(
  definition: Definition,
  address: string,
  options: GrpcClientOptions = {},
): { client: RpcClient<Definition>; close(): void } {
  const { credentials = grpcCredentials.createInsecure() } = options;
  const channel = new Client(targetOf(address), credentials, CHANNEL_OPTIONS);
  const methods = Object.entries<UnaryMethod>(definition.methods).map(([name, method]) => [
    name,
    (request: object, callOptions: CallOptions = {}) =>
      call({ channel, definition, method, ...options }, request, callOptions),
  ]);
  return { client: Object.fromEntries(methods), close: () => channel.close() };
}

interface Route extends GrpcClientOptions {
  channel: Client;
  definition: RpcDefinition;
  method: UnaryMethod;
}

async function call(route: Route, request: object, given: CallOptions): Promise<unknown> {
  const { definition, method, around } = route;
  const bytes = Buffer.from(encodeRequest(method, request));
  const options = completeOptions(given, route.caller);
  const { caller, timeoutMs, signal } = options;
  if (signal?.aborted) throw reasonOf(signal);
  if (timeoutMs <= 0) throw new ButikError('DEADLINE_EXCEEDED', { details: { timeoutMs } });
  const deadline = Date.now() + timeoutMs;

  const answer = await inClientSpan(definition, method, given, options.traceparent, (traceparent) => {
    const metadata = new Metadata();
    metadata.set(CALLER_KEY, encodeURIComponent(caller));
    if (traceparent !== undefined) metadata.set(TRACEPARENT_KEY, traceparent);
    if (!around) return send(route, bytes, metadata, deadline, signal);
    const service = definition.fullName;
    const idempotent = isIdempotent(method);
    const remote = { service, method: method.name, idempotent, timeoutMs, ...(signal && { signal }) };
    return around(remote, (ending) => send(route, bytes, metadata, deadline, ending));
  });
  return method.responseType.decode(answer);
}

async function send(
  { channel, definition, method }: Route,
  bytes: Buffer,
  metadata: Metadata,
  deadline: number,
  signal?: AbortSignal,
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const running: ClientUnaryCall = channel.makeUnaryRequest(
    methodPath(definition.fullName, method.name),
    asIs,
    asIs,
    bytes,
    metadata,
    { deadline },
    (error, answer) => {
      if (!error) resolve(answer ?? Buffer.alloc(0));
      else reject(signal?.aborted ? reasonOf(signal) : asCallError(error, definition.fullName));
    },
  );
  const cancel = () => running.cancel();
  if (signal?.aborted) cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

function asCallError(error: ServiceError, service: string): ButikError {
  const [trailer] = error.metadata.get(ERROR_KEY);
  const stated = trailer instanceof Buffer ? decodeError(trailer) : undefined;
  return stated ?? errorOfStatus(error.code, service);
}
