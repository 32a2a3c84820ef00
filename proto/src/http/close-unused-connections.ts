import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** What of a Fastify instance is needed, whatever its type provider. */
interface ClosingServer {
  server: Server;
  addHook(name: 'preClose', hook: () => Promise<void>): unknown;
}

/**
 * Lets the server close although clients hold connections on which they have sent nothing yet, as browsers and
 * connection pools do: Node takes such a connection for one with a request under way and waits for it, a minute
 * or more.
 */
export function closeUnusedConnections(app: ClosingServer): void {
  const unused = new Set<Socket>();
  let closing = false;
  app.server.on('connection', (socket: Socket) => {
    if (closing) {
      socket.destroy();
      return;
    }
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  app.server.on('request', ({ socket }) => unused.delete(socket));
  app.addHook('preClose', async () => {
    closing = true;
    for (const socket of unused) socket.destroy();
  });
}
