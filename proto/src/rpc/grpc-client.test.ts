import { afterEach, expect, test, vi } from 'vitest';
import { ButikError } from '../errors/butik-error.ts';
import { ShopServiceDefinition } from '../gen/butik/shop/v1/shop.ts';
import { targetOf } from './grpc-channel.ts';
import { createGrpcClient } from './grpc-client.ts';
import { type GrpcServer, serveGrpc } from './grpc-server.ts';
import type { CallAround, RemoteCall } from './rpc.ts';

const open: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function serveShop(
  getStoreInfo: (signal: AbortSignal) => Promise<object>,
  address = '127.0.0.1:0',
): Promise<GrpcServer> {
  const server = await serveGrpc(
    [
      {
        definition: ShopServiceDefinition,
        handlers: {
          getStoreInfo: (_, { signal }) => getStoreInfo(signal),
          enrolNode: async () => ({}),
          getNode: async () => ({}),
          fenceNode: async () => ({}),
        },
      },
    ],
    { address },
  );
  open.push(() => server.close());
  return server;
}

function shopClient(address: string, around?: CallAround) {
  const { client, close } = createGrpcClient(ShopServiceDefinition, address, around && { around });
  open.push(close);
  return client;
}

test('several processes behind one address share the calls, and when one goes the others take its share', async () => {
  const [a, b] = [await serveShop(async () => ({ name: 'a' })), await serveShop(async () => ({ name: 'b' }))];
  // What DNS would answer for a name with two addresses; on this machine they differ in the port alone.
  const client = shopClient(`ipv4:127.0.0.1:${a.port},127.0.0.1:${b.port}`);
  await vi.waitFor(async () => expect(await names(10)).toEqual(new Set(['a', 'b'])));
  await a.close();
  expect(await names(10)).toEqual(new Set(['b']));

  async function names(calls: number) {
    const answers = await Promise.all(Array.from({ length: calls }, () => client.getStoreInfo({})));
    return new Set(answers.map(({ name }) => name));
  }
});

test('a client finds its service again after a restart', async () => {
  const first = await serveShop(async () => ({ name: 'before' }));
  const client = shopClient(`localhost:${first.port}`);
  expect(await client.getStoreInfo({})).toMatchObject({ name: 'before' });
  await first.close();
  await expect(client.getStoreInfo({})).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await serveShop(async () => ({ name: 'after' }), `127.0.0.1:${first.port}`);
  await vi.waitFor(
    async () => expect(await client.getStoreInfo({})).toMatchObject({ name: 'after' }),
    10_000,
  );
});

test('an address is a name to look up, unless it says otherwise', () => {
  expect(targetOf('order.butik:4200')).toBe('dns:///order.butik:4200');
  expect(targetOf('unix:/run/bridge.sock')).toBe('unix:/run/bridge.sock');
});

test('who stands around the calls learns which may be made again', async () => {
  const { port } = await serveShop(async () => ({ name: 'a' }));
  const seen: RemoteCall[] = [];
  const client = shopClient(`127.0.0.1:${port}`, (remote, call) => {
    seen.push(remote);
    return call(new AbortController().signal);
  });
  const { signal } = new AbortController();
  await client.getStoreInfo({}, { timeoutMs: 700, signal });
  await client.enrolNode({});
  await client.fenceNode({});
  const service = 'butik.shop.v1.ShopService';
  expect(seen).toEqual([
    { service, method: 'GetStoreInfo', idempotent: true, timeoutMs: 700, signal },
    { service, method: 'EnrolNode', idempotent: false, timeoutMs: 5_000 },
    { service, method: 'FenceNode', idempotent: true, timeoutMs: 5_000 },
  ]);
});

test('a call that is made again reaches the service again', async () => {
  let calls = 0;
  const { port } = await serveShop(async () => {
    calls += 1;
    if (calls === 1) throw new ButikError('SERVICE_UNAVAILABLE');
    return { name: 'a' };
  });
  const client = shopClient(`127.0.0.1:${port}`, (_, call) => {
    const { signal } = new AbortController();
    return call(signal).catch(() => call(signal));
  });
  expect(await client.getStoreInfo({})).toMatchObject({ name: 'a' });
  expect(calls).toBe(2);
});

test('an attempt that is given up fails with the reason, and the service is told to stop', async () => {
  const stopped = Promise.withResolvers<void>();
  const giveUp = new AbortController();
  const { port } = await serveShop(
    (signal) =>
      new Promise(() => {
        signal.addEventListener('abort', () => stopped.resolve());
        giveUp.abort(new ButikError('DEADLINE_EXCEEDED'));
      }),
  );
  const client = shopClient(`127.0.0.1:${port}`, (_, call) => call(giveUp.signal));
  await expect(client.getStoreInfo({})).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  await stopped.promise;
});

test('a request that its message cannot hold never gets as far', async () => {
  const around = vi.fn();
  const client = shopClient('127.0.0.1:1', around);
  await expect(client.getNode({ epoch: -1 })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  expect(around).not.toHaveBeenCalled();
});
