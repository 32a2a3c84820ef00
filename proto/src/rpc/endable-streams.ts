import type { Server, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';

type Handler = (
  call: { end(): void; on(event: string, listener: () => void): unknown },
  ...rest: unknown[]
) => void;

/**
 * Adds services to the server so that `end` ends the streams that are open: a health watcher stays for ever, and a
 * server that closes would wait for it.
 */
export function endableStreams(server: Server) {
  const open = new Set<{ end(): void }>();

  function noted(handler: Handler): Handler {
    return (call, ...rest) => {
      const streams = rest.length === 0; // Unary handlers get a callback too.
      if (streams) {
        open.add(call);
        for (const event of ['cancelled', 'finish']) call.on(event, () => open.delete(call));
      }
      return handler(call, ...rest);
    };
  }

  return {
    addService(definition: ServiceDefinition, implementation: UntypedServiceImplementation): void {
      const handlers = Object.entries(implementation).map(([name, handler]) => [
        name,
        noted(handler as Handler),
      ]);
      server.addService(definition, Object.fromEntries(handlers));
    },
    end(): void {
      for (const call of open) call.end();
    },
  };
}
