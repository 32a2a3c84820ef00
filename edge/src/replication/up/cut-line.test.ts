import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStubHub, type StubHub } from '../testing/stub-hub.ts';
import { eventually, openTestShop, type TestShop } from '../testing/test-shop.ts';

/** A line that lets a number of bytes through in one direction and is then cut; null lets everything through. */
interface Line {
  url: string;
  cutAfter: { up: number | null; down: number | null };
  cuts: number;
  close(): Promise<void>;
}

async function openLine(hubUrl: string): Promise<Line> {
  const sockets = new Set<Socket>();
  const line: Line = { url: '', cutAfter: { up: null, down: null }, cuts: 0, close };
  const server = createServer((shop) => {
    const hub = connect(Number(new URL(hubUrl).port), '127.0.0.1');
    const cut = () => {
      shop.destroy();
      hub.destroy();
    };
    for (const socket of [shop, hub]) {
      sockets.add(socket);
      socket.on('error', cut).on('close', () => {
        sockets.delete(socket);
        cut();
      });
    }
    carry('up', shop, hub, cut);
    carry('down', hub, shop, cut);
  });
  function carry(way: 'up' | 'down', from: Socket, to: Socket, cut: () => void): void {
    from.on('data', (chunk) => {
      const left = line.cutAfter[way];
      if (left === null || chunk.length < left) {
        if (left !== null) line.cutAfter[way] = left - chunk.length;
        to.write(chunk);
        return;
      }
      line.cutAfter[way] = null;
      line.cuts += 1;
      // What was let through arrives before the line is gone.
      to.write(chunk.subarray(0, left), () => to.end(cut));
    });
  }
  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  line.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return line;
}

let hub: StubHub;
let line: Line;
let shop: TestShop;
beforeEach(async () => {
  hub = await openStubHub();
  line = await openLine(hub.url);
  shop = openTestShop(hub, { hubUrl: line.url, followsHub: false });
});
afterEach(async () => {
  await shop.close();
  await line.close();
  await hub.close();
});

/** A push of one sale is about 1,700 bytes up and 300 down. */
test.each([
  ['up', 1, 1_900, 29],
  ['down', 1, 260, 5],
] as const)(
  '[U21] a line that is cut after any byte %s loses no sale and doubles none',
  { timeout: 60_000 },
  async (way, first, last, step) => {
    shop.start();
    let sales = 0;
    for (let bytes = first; bytes <= last; bytes += step) {
      line.cutAfter[way] = bytes;
      await shop.sell(1);
      sales += 1;
      await eventually(() => expect(shop.replication.status().unsent.facts).toBe(0));
    }
    expect(hub.facts.get('orders')!.map(({ seq }) => seq)).toEqual(
      Array.from({ length: sales }, (_, index) => index + 1),
    );
    expect(line.cuts).toBeGreaterThan(40);
  },
);
