import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface HangingProxy {
  /** The address through the proxy. */
  url: string;
  /** From now on nothing comes through, and nobody is told. */
  hang(): void;
  close(): Promise<void>;
}

/** A line to an engine that can fall silent without being closed, as a network does. */
export async function openHangingProxy(target: string): Promise<HangingProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const server = createServer((inside) => {
    const outside = connect(Number(port || 5432), hostname);
    inside.pipe(outside).pipe(inside);
    for (const [socket, other] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    hang() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
