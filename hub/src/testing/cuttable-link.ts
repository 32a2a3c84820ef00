import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The line between the hub and an engine: a TCP relay that can be cut, stalled and healed. */
export interface CuttableLink {
  host: string;
  port: number;
  /** Breaks every connection at once and refuses new ones, as an engine does that is restarted. */
  cut(): void;
  /** Keeps the connections and carries nothing any more, as an engine does that hangs. */
  stall(): void;
  /** New connections go through again, and stalled ones go on. */
  heal(): void;
  close(): Promise<void>;
}

export async function openCuttableLink(target: { host: string; port: number }): Promise<CuttableLink> {
  const sockets = new Set<Socket>();
  let state: 'up' | 'cut' | 'stalled' = 'up';

  const server = createServer((near) => {
    if (state === 'cut') {
      near.resetAndDestroy();
      return;
    }
    const far = connect(target.port, target.host);
    join(near, far);
    join(far, near);
  });

  function join(from: Socket, to: Socket) {
    sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (bytes) => to.write(bytes));
    if (state === 'stalled') from.pause();
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    // A reset is what a cut looks like; the other end learns of it through its own close.
    from.on('error', () => to.destroy());
  }

  function breakAll() {
    for (const socket of sockets) socket.resetAndDestroy();
    sockets.clear();
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: '127.0.0.1',
    port,
    cut() {
      state = 'cut';
      breakAll();
    },
    stall() {
      state = 'stalled';
      for (const socket of sockets) socket.pause();
    },
    heal() {
      state = 'up';
      for (const socket of sockets) socket.resume();
    },
    close() {
      breakAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
