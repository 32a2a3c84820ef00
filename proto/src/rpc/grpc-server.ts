import {
  ServerCredentials as Credentials,
  Metadata,
  Server,
  type ServerCredentials,
  type ServerErrorResponse,
  type ServerUnaryCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { asButikError } from '../errors/butik-error.ts';
import { KINDS } from '../errors/kinds.ts';
import { answerCall, type OnUnexpectedError, type UnaryHandler } from './answer-call.ts';
import { encodeError } from './error-wire.ts';
import { asIs, CALLER_KEY, ERROR_KEY, methodPath, TRACEPARENT_KEY } from './grpc-wire.ts';
import { MAX_MESSAGE_BYTES } from './message-bytes.ts';
import {
  type CallContext,
  DEFAULT_TIMEOUT_MS,
  type RpcDefinition,
  type RpcHandlers,
  type UnaryMethod,
} from './rpc.ts';

export interface GrpcServer {
  port: number;
  /** Takes no more calls and waits for those that run. */
  close(): Promise<void>;
}

/** Serves the services at `address` (`host:port`, port 0 for any). `close` cuts off what runs after 5 s. */
export async function serveGrpc(
  services: { definition: RpcDefinition; handlers: RpcHandlers<RpcDefinition> }[],
  options: { address: string; credentials?: ServerCredentials; onUnexpectedError?: OnUnexpectedError },
): Promise<GrpcServer> {
  const server = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });
  for (const { definition, handlers } of services) {
    server.addService(
      describeMethods(definition),
      implement(definition, handlers, options.onUnexpectedError),
    );
  }
  const port = await bind(server, options.address, options.credentials ?? Credentials.createInsecure());
  return { port, close: () => shutDown(server) };
}

function describeMethods(definition: RpcDefinition) {
  const described = Object.entries(definition.methods).map(([name, method]) => [
    name,
    {
      path: methodPath(definition.fullName, method.name),
      requestStream: false as const,
      responseStream: false as const,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    },
  ]);
  return Object.fromEntries(described);
}

function implement(
  definition: RpcDefinition,
  handlers: RpcHandlers<RpcDefinition>,
  onUnexpectedError?: OnUnexpectedError,
): UntypedServiceImplementation {
  const implemented = Object.entries<UnaryMethod>(definition.methods).map(([name, method]) => {
    const handler = handlers[name] as UnaryHandler | undefined;
    if (!handler) throw new Error(`${definition.fullName} has no handler for ${name}`);
    const handle = (
      grpcCall: ServerUnaryCall<Buffer, Buffer>,
      callback: (error: Partial<ServerErrorResponse> | null, answer?: Buffer) => void,
    ) => {
      answerCall(method, handler, grpcCall.request, contextOf(grpcCall), onUnexpectedError).then(
        (bytes) => callback(null, Buffer.from(bytes)),
        (error: unknown) => callback(asStatus(error)),
      );
    };
    return [name, handle];
  });
  return Object.fromEntries(implemented);
}

function contextOf(grpcCall: ServerUnaryCall<Buffer, Buffer>): CallContext {
  const gone = new AbortController();
  grpcCall.on('cancelled', () => gone.abort());
  if (grpcCall.cancelled) gone.abort();
  const deadlineMs = Number(grpcCall.getDeadline());
  const traceparent = firstValue(grpcCall.metadata, TRACEPARENT_KEY);
  return {
    caller: decodeCaller(firstValue(grpcCall.metadata, CALLER_KEY)),
    ...(traceparent !== undefined && { traceparent }),
    signal: gone.signal,
    deadlineMs: Number.isFinite(deadlineMs) ? deadlineMs : Date.now() + DEFAULT_TIMEOUT_MS,
  };
}

/** Percent-encoded, since metadata is ASCII; a stranger may send anything. */
function decodeCaller(value: string | undefined): string {
  if (value === undefined) return 'unknown';
  try {
    return decodeURIComponent(value);
  } catch {
    return 'unknown';
  }
}

function firstValue(metadata: Metadata, key: string): string | undefined {
  return metadata.get(key)[0]?.toString();
}

function asStatus(thrown: unknown): Partial<ServerErrorResponse> {
  const error = asButikError(thrown);
  const metadata = new Metadata();
  metadata.set(ERROR_KEY, Buffer.from(encodeError(error)));
  return { code: KINDS[error.kind].grpc, details: error.code, metadata };
}

function bind(server: Server, address: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => (error ? reject(error) : resolve(port)));
  });
}

const SHUTDOWN_MS = 5_000;

async function shutDown(server: Server): Promise<void> {
  const timer = setTimeout(() => server.forceShutdown(), SHUTDOWN_MS);
  try {
    await new Promise<void>((resolve, reject) =>
      server.tryShutdown((error) => (error ? reject(error) : resolve())),
    );
  } finally {
    clearTimeout(timer);
  }
}
