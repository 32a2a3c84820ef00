import { ShopServiceDefinition } from '@butik/proto/gen/butik/shop/v1/shop';
import { serveGrpc } from '@butik/proto/rpc/grpc-server';
import type { CallContext, RpcDefinition, RpcHandlers } from '@butik/proto/rpc/rpc';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ClientsOptions, type ConnectedClients, connectClients } from './connect-clients.ts';

const logger = pino({ level: 'silent' });
const info = { shopId: 's1', name: 'Torget', currency: 'SEK', country: 'SE', timeZone: 'Europe/Stockholm' };
let callers: string[];
let guarded: string[];
let opened: ConnectedClients[];

const shop = {
  definition: ShopServiceDefinition as RpcDefinition,
  handlers: {
    async getStoreInfo(_request: unknown, { caller }: CallContext) {
      callers.push(caller);
      return info;
    },
    enrolNode: async () => ({}),
    getNode: async () => ({}),
    fenceNode: async () => ({}),
  } as unknown as RpcHandlers<RpcDefinition>,
};

function connect(addresses: ClientsOptions['addresses']): ConnectedClients {
  const clients = connectClients({
    addresses,
    logger,
    guardOf: (service) => ({
      run(call) {
        guarded.push(service);
        return call(new AbortController().signal);
      },
    }),
  });
  opened.push(clients);
  return clients;
}

describe('clients of the services', () => {
  beforeEach(() => {
    [callers, guarded, opened] = [[], [], []];
  });
  afterEach(() => Promise.all(opened.map((clients) => clients.close())));

  test('a service that has not started yet is unavailable, and answers once it has', async () => {
    const clients = connect({});
    const { getStoreInfo } = clients.of('service:order').shop;
    await expect(getStoreInfo({ shopId: 's1' })).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    clients.attach('shop', shop);
    expect(await getStoreInfo({ shopId: 's1' })).toMatchObject(info);
    expect(callers).toEqual(['service:order']);
    expect(guarded).toEqual([]);
  });

  test('a service of another process is called over gRPC, behind a guard, by the caller’s name', async () => {
    const server = await serveGrpc([shop], { address: '127.0.0.1:0' });
    try {
      const clients = connect({ shop: `127.0.0.1:${server.port}` });
      expect(await clients.of('service:order').shop.getStoreInfo({ shopId: 's1' })).toMatchObject(info);
      expect(await clients.of('service:sync').shop.getStoreInfo({ shopId: 's1' })).toMatchObject(info);
      expect(callers).toEqual(['service:order', 'service:sync']);
      expect(guarded).toEqual(['shop', 'shop']);
    } finally {
      await server.close();
    }
  });
});
