import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The line between a shop and the hub: a TCP relay that can be cut and healed. */
export interface CuttableLink {
  /** What the shop takes for the hub's address. */
  url: string;
  readonly isCut: boolean;
  /** Breaks every connection at once and refuses new ones, as a pulled cable does. */
  cut(): void;
  heal(): void;
  close(): Promise<void>;
}

export async function openLink(target: { host: string; port: number }): Promise<CuttableLink> {
  const sockets = new Set<Socket>();
  let isCut = false;

  const server = createServer((near) => {
    if (isCut) {
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
    from.pipe(to);
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
    url: `http://127.0.0.1:${port}`,
    get isCut() {
      return isCut;
    },
    cut() {
      isCut = true;
      breakAll();
    },
    heal() {
      isCut = false;
    },
    close() {
      breakAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
