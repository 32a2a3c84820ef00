import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, credentials } from '@grpc/grpc-js';
import { service as health, type ServingStatus } from 'grpc-health-check';
import { afterEach, expect, test } from 'vitest';
import { ShopServiceDefinition } from '../gen/butik/shop/v1/shop.ts';
import { createGrpcClient } from './grpc-client.ts';
import { type GrpcServer, type GrpcServerOptions, serveGrpc } from './grpc-server.ts';
import type { CallContext, RpcHandlers } from './rpc.ts';

const SHOP = 'butik.shop.v1.ShopService';

const open: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function serveShop(
  getStoreInfo: (shopId: string, context: CallContext) => Promise<object>,
  options: Partial<GrpcServerOptions> = {},
): Promise<GrpcServer> {
  const handlers: RpcHandlers<typeof ShopServiceDefinition> = {
    getStoreInfo: ({ shopId }, context) => getStoreInfo(shopId, context),
    enrolNode: async () => ({}),
    getNode: async () => ({}),
    fenceNode: async () => ({}),
  };
  const server = await serveGrpc([{ definition: ShopServiceDefinition, handlers }], {
    address: '127.0.0.1:0',
    ...options,
  });
  open.push(() => server.close());
  return server;
}

function shopClient({ port }: GrpcServer) {
  const { client, close } = createGrpcClient(ShopServiceDefinition, `127.0.0.1:${port}`);
  open.push(close);
  return client;
}

function probe({ port }: GrpcServer) {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  open.push(() => client.close());
  const { Check, Watch } = health as unknown as Record<'Check' | 'Watch', HealthMethod>;
  return {
    check: (service: string) =>
      new Promise<string>((resolve, reject) => {
        client.makeUnaryRequest(
          Check.path,
          Check.requestSerialize,
          Check.responseDeserialize,
          { service },
          (error, answer) => (error ? reject(error) : resolve(answer!.status)),
        );
      }),
    watch: (service: string) =>
      client.makeServerStreamRequest(Watch.path, Watch.requestSerialize, Watch.responseDeserialize, {
        service,
      }),
  };
}
interface HealthMethod {
  path: string;
  requestSerialize(request: { service: string }): Buffer;
  responseDeserialize(bytes: Buffer): { status: ServingStatus };
}

test('a probe learns of the server and of each of its services that they serve', async () => {
  const { check } = probe(await serveShop(async () => ({})));
  expect(await check('')).toBe('SERVING');
  expect(await check(SHOP)).toBe('SERVING');
  await expect(check('butik.order.v1.OrderService')).rejects.toMatchObject({ code: 5 });
});

test('a server that drains says so to probes and watchers, and still answers', async () => {
  // The open watch must not hold it up when it closes: this bound would outlast the test.
  const server = await serveShop(async (shopId) => ({ shopId }), { endWithinMs: 600_000 });
  const { check, watch } = probe(server);
  const told: ServingStatus[] = [];
  const watched = Promise.withResolvers<void>();
  const drained = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  watch(SHOP)
    .on('data', ({ status }) => {
      told.push(status);
      if (status === 'SERVING') watched.resolve();
      else drained.resolve();
    })
    .on('error', () => undefined) // How its end is told depends on the moment.
    .on('close', () => ended.resolve());
  await watched.promise;

  server.drain();
  await drained.promise;
  expect(told).toEqual(['SERVING', 'NOT_SERVING']);
  expect([await check(''), await check(SHOP)]).toEqual(['NOT_SERVING', 'NOT_SERVING']);
  expect(await shopClient(server).getStoreInfo({ shopId: 's1' })).toMatchObject({ shopId: 's1' });

  await server.close();
  await ended.promise;
});

test('a server that closes lets the running call end and takes no other', async () => {
  const running = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const server = await serveShop(async (shopId) => {
    running.resolve();
    await finish.promise;
    return { shopId };
  });
  const answer = shopClient(server).getStoreInfo({ shopId: 's1' });
  await running.promise;
  const closed = server.close();
  await expect(shopClient(server).getStoreInfo({})).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  finish.resolve();
  expect(await answer).toMatchObject({ shopId: 's1' });
  await closed;
});

test('a call that does not end in time is cut off: the service is told to stop, its caller to try again', async () => {
  const running = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<void>();
  const server = await serveShop(
    async (_, { signal }) => {
      signal.addEventListener('abort', () => stopped.resolve());
      running.resolve();
      return await new Promise(() => undefined);
    },
    { endWithinMs: 50 },
  );
  const answer = shopClient(server).getStoreInfo({});
  answer.catch(() => undefined);
  await running.promise;
  await server.close();
  await expect(answer).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', details: { part: SHOP } });
  await stopped.promise;
});

test('an address that is taken is named by the system’s own code', async () => {
  const { port } = await serveShop(async () => ({}));
  await expect(serveGrpc([], { address: `127.0.0.1:${port}` })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a developer with a common tool lists the services, sees their methods and calls one', async () => {
  const { port } = await serveShop(async (shopId) => ({ shopId, name: 'Torget', groupIds: ['north'] }));
  const url = `http://127.0.0.1:${port}`;
  expect(await bufCurl('--list-services', url)).toBe(`${SHOP}\n`);
  const methods = await bufCurl('--list-methods', url);
  expect(methods.trim().split('\n')).toEqual(
    ['EnrolNode', 'FenceNode', 'GetNode', 'GetStoreInfo'].map((name) => `${SHOP}/${name}`),
  );
  const answer = await bufCurl('--data', '{"shopId":"s1"}', `${url}/${SHOP}/GetStoreInfo`);
  expect(JSON.parse(answer)).toEqual({ shopId: 's1', name: 'Torget', groupIds: ['north'] });
});

/** Knows nothing of our .proto files: what it shows and sends it has asked the server for. */
async function bufCurl(...args: string[]): Promise<string> {
  const buf = join(import.meta.dirname, '../../node_modules/.bin/buf');
  const reflecting = ['curl', '--reflect', '--protocol', 'grpc', '--http2-prior-knowledge', ...args];
  const { stdout } = await promisify(execFile)(buf, reflecting, { cwd: tmpdir(), timeout: 20_000 });
  return stdout;
}
