import { createGrpcClient } from '@butik/proto/rpc/grpc-client';
import { serveGrpc } from '@butik/proto/rpc/grpc-server';
import type { CallContext, RpcDefinition, RpcHandlers } from '@butik/proto/rpc/rpc';
import { createHolds, type Holds } from './holds.ts';

/** One call between services; requests differ by method. */
export interface ServiceCall {
  method: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into requests of every form
  request: any;
}

/** Stands where callers take the service to be, and passes their calls on to it. */
export interface HoldingService {
  /** `host:port`. */
  address: string;
  holds: Holds<ServiceCall>;
  /** Every call that came by, in order. */
  seen: readonly ServiceCall[];
  close(): Promise<void>;
}

const END_WITHIN_MS = 100;

/** `target` is the service's own `host:port`; a call whose caller has died meanwhile is passed on nevertheless. */
export async function openHoldingService(definition: RpcDefinition, target: string): Promise<HoldingService> {
  const holds = createHolds<ServiceCall>();
  const seen: ServiceCall[] = [];
  const onward = createGrpcClient(definition, target);
  const handlers = Object.fromEntries(
    Object.keys(definition.methods).map((method) => [
      method,
      async (request: object, { caller, signal }: CallContext) => {
        const call = { method, request };
        const isGivenUp = () => signal.aborted;
        seen.push(call);
        await holds.pass('before', call, isGivenUp);
        const answer: object = await onward.client[method]!(request, { caller });
        await holds.pass('after', call, isGivenUp);
        return answer;
      },
    ]),
  );
  const server = await serveGrpc(
    [{ definition, handlers: handlers as unknown as RpcHandlers<RpcDefinition> }],
    { address: '127.0.0.1:0', endWithinMs: END_WITHIN_MS },
  );
  return {
    address: `127.0.0.1:${server.port}`,
    holds,
    seen,
    async close() {
      holds.end();
      await server.close();
      onward.close();
    },
  };
}
