import {
  type ChannelCredentials,
  Client,
  type ClientUnaryCall,
  credentials as grpcCredentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { ButikError } from '../errors/butik-error.ts';
import { decodeError, errorOfStatus } from './error-wire.ts';
import { asIs, CALLER_KEY, ERROR_KEY, methodPath, TRACEPARENT_KEY } from './grpc-wire.ts';
import { encodeRequest, MAX_MESSAGE_BYTES } from './message-bytes.ts';
import {
  type CallOptions,
  DEFAULT_TIMEOUT_MS,
  type RpcClient,
  type RpcDefinition,
  type UnaryMethod,
} from './rpc.ts';

/**
 * Calls a service at `address` (`host:port`). Connects at the first call and again when the connection is lost;
 * while there is none, calls fail with SERVICE_UNAVAILABLE. Throws ButikError and nothing else.
 */
export function createGrpcClient<Definition extends RpcDefinition>(
  definition: Definition,
  address: string,
  options: { caller: string; credentials?: ChannelCredentials },
): { client: RpcClient<Definition>; close(): void } {
  const channel = new Client(address, options.credentials ?? grpcCredentials.createInsecure(), {
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  });
  const methods = Object.entries<UnaryMethod>(definition.methods).map(([name, method]) => [
    name,
    (request: object, callOptions?: CallOptions) =>
      call(channel, definition.fullName, method, request, { caller: options.caller, ...callOptions }),
  ]);
  return { client: Object.fromEntries(methods), close: () => channel.close() };
}

async function call(
  channel: Client,
  service: string,
  method: UnaryMethod,
  request: object,
  options: CallOptions & { caller: string },
): Promise<unknown> {
  const { caller, traceparent, timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
  const bytes = Buffer.from(encodeRequest(method, request));
  if (signal?.aborted) throw new ButikError('CANCELLED');
  if (timeoutMs <= 0) throw new ButikError('DEADLINE_EXCEEDED', { details: { timeoutMs } });
  const metadata = new Metadata();
  metadata.set(CALLER_KEY, encodeURIComponent(caller));
  if (traceparent !== undefined) metadata.set(TRACEPARENT_KEY, traceparent);

  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const running: ClientUnaryCall = channel.makeUnaryRequest(
    methodPath(service, method.name),
    asIs,
    asIs,
    bytes,
    metadata,
    { deadline: Date.now() + timeoutMs },
    (error, answer) => (error ? reject(asCallError(error, service)) : resolve(answer ?? Buffer.alloc(0))),
  );
  const cancel = () => running.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return method.responseType.decode(await promise);
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

function asCallError(error: ServiceError, service: string): ButikError {
  const [trailer] = error.metadata.get(ERROR_KEY);
  const stated = trailer instanceof Buffer ? decodeError(trailer) : undefined;
  return stated ?? errorOfStatus(error.code, service);
}
