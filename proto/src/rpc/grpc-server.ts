import {
  ServerCredentials as Credentials,
  Metadata,
  Server,
  type ServerCredentials,
  type ServerErrorResponse,
  type ServerUnaryCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { asButikError, ButikError } from '../errors/butik-error.ts';
import { KINDS } from '../errors/kinds.ts';
import { addStandardServices, type StandardServices } from './add-standard-services.ts';
import { answerCall, type OnUnexpectedError, type UnaryHandler } from './answer-call.ts';
import { encodeError } from './error-wire.ts';
import { SERVER_OPTIONS } from './grpc-channel.ts';
import { asIs, CALLER_KEY, ERROR_KEY, methodPath, TRACEPARENT_KEY } from './grpc-wire.ts';
import {
  type CallContext,
  DEFAULT_TIMEOUT_MS,
  type RpcDefinition,
  type RpcHandlers,
  type UnaryMethod,
} from './rpc.ts';

export interface GrpcServer {
  port: number;
  /** Tells probes and watchers that it is NOT_SERVING, so that they turn away; calls are still answered. */
  drain(): void;
  /** Takes no more calls and waits for those that run; what runs after `endWithinMs` is cut off. */
  close(): Promise<void>;
}

export interface GrpcServerOptions {
  /** `host:port`, port 0 for any. */
  address: string;
  credentials?: ServerCredentials;
  /** 5 s unless told. */
  endWithinMs?: number;
  onUnexpectedError?: OnUnexpectedError;
}

const END_WITHIN_MS = 5_000;

/**
 * Serves the services, their health and their description (reflection). Throws what the system says of an address
 * that cannot be had, with its code (`EADDRINUSE`).
 */
export async function serveGrpc(
  services: { definition: RpcDefinition; handlers: RpcHandlers<RpcDefinition> }[],
  options: GrpcServerOptions,
): Promise<GrpcServer> {
  const server = new Server(SERVER_OPTIONS);
  for (const { definition, handlers } of services) {
    server.addService(
      describeMethods(definition),
      implement(definition, handlers, options.onUnexpectedError),
    );
  }
  const names = services.map(({ definition }) => definition.fullName);
  const standard = addStandardServices(server, names);
  const port = await bind(server, options.address, options.credentials ?? Credentials.createInsecure());
  let closed: Promise<void> | undefined;
  return {
    port,
    drain: standard.stopServing,
    close() {
      closed ??= shutDown(server, standard, options.endWithinMs ?? END_WITHIN_MS);
      return closed;
    },
  };
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
      answerCall(definition, method, handler, grpcCall.request, contextOf(grpcCall), onUnexpectedError).then(
        (bytes) => callback(null, Buffer.from(bytes)),
        (error: unknown) => callback(asStatus(error)),
      );
    };
    return [name, handle];
  });
  return Object.fromEntries(implemented);
}

function contextOf(grpcCall: ServerUnaryCall<Buffer, Buffer>): CallContext {
  const given = Number(grpcCall.getDeadline());
  const deadlineMs = Number.isFinite(given) ? given : Date.now() + DEFAULT_TIMEOUT_MS;
  const gone = new AbortController();
  const stop = () => gone.abort(new ButikError(Date.now() >= deadlineMs ? 'DEADLINE_EXCEEDED' : 'CANCELLED'));
  grpcCall.on('cancelled', stop);
  if (grpcCall.cancelled) stop();
  const traceparent = firstValue(grpcCall.metadata, TRACEPARENT_KEY);
  return {
    caller: decodeCaller(firstValue(grpcCall.metadata, CALLER_KEY)),
    ...(traceparent !== undefined && { traceparent }),
    signal: gone.signal,
    deadlineMs,
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
    server.bindAsync(address, credentials, (error, port) => {
      if (!error) resolve(port);
      else
        reject(error.message.includes('EADDRINUSE') ? Object.assign(error, { code: 'EADDRINUSE' }) : error);
    });
  });
}

async function shutDown(server: Server, standard: StandardServices, endWithinMs: number): Promise<void> {
  const timer = setTimeout(() => server.forceShutdown(), endWithinMs);
  standard.stopServing();
  try {
    await new Promise<void>((resolve, reject) => {
      server.tryShutdown((error) => (error ? reject(error) : resolve()));
      standard.endStreams();
    });
  } finally {
    clearTimeout(timer);
  }
}
