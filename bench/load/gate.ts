import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A line that lets a client wait at the door, so that what is measured begins at a known moment. */
export interface Gate {
  url: string;
  /** Lets everybody through to this port of this machine, from now on. */
  open(port: number): void;
  /** Breaks what is connected; who comes now waits. */
  hold(): void;
  close(): Promise<void>;
}

export async function openGate(): Promise<Gate> {
  const sockets = new Set<Socket>();
  let waiting: Socket[] = [];
  let target: number | undefined;

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  }

  function pass(near: Socket, port: number): void {
    const far = connect(port, '127.0.0.1');
    keep(far);
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  }

  function breakAll(): void {
    for (const socket of sockets) socket.destroy();
    waiting = [];
  }

  const server = createServer((near) => {
    keep(near);
    if (target === undefined) waiting.push(near);
    else pass(near, target);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open(port) {
      target = port;
      for (const near of waiting.splice(0)) if (!near.destroyed) pass(near, port);
    },
    hold() {
      target = undefined;
      breakAll();
    },
    close() {
      breakAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
