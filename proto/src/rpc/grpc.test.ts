import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { ShopServiceDefinition } from '../gen/butik/shop/v1/shop.ts';
import type { Connect } from './connect-shop.ts';
import { createGrpcClient } from './grpc-client.ts';
import { serveGrpc } from './grpc-server.ts';
import { onwardCallsContract } from './onward-calls.contract.ts';
import { rpcContract } from './rpc.contract.ts';
import type { RpcHandlers } from './rpc.ts';

const handlers: RpcHandlers<typeof ShopServiceDefinition> = {
  getStoreInfo: async (_, { caller }) => ({ name: caller }),
  enrolNode: async () => ({}),
  getNode: async () => ({}),
  fenceNode: async () => ({}),
};

const connect: Connect = async (contractHandlers, { caller, onUnexpectedError }) => {
  const server = await serveGrpc([{ definition: ShopServiceDefinition, handlers: contractHandlers }], {
    address: '127.0.0.1:0',
    ...(onUnexpectedError && { onUnexpectedError }),
  });
  const { client, close } = createGrpcClient(
    ShopServiceDefinition,
    `127.0.0.1:${server.port}`,
    caller === undefined ? {} : { caller },
  );
  return {
    client,
    async close() {
      close();
      await server.close();
    },
  };
};

describe('a service behind gRPC', () => rpcContract(connect));
describe('a service behind gRPC that calls on', () => onwardCallsContract(connect));

describe('gRPC itself', () => {
  const open: (() => void | Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });

  test('a service that is not there is SERVICE_UNAVAILABLE, and says which', async () => {
    const server = await serveGrpc([], { address: '127.0.0.1:0' });
    await server.close();
    const { client, close } = createGrpcClient(ShopServiceDefinition, `127.0.0.1:${server.port}`, {
      caller: 'test',
    });
    open.push(close);
    await expect(client.getStoreInfo({})).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      details: { part: 'butik.shop.v1.ShopService' },
    });
  });

  test('a stranger’s metadata cannot hurt the server', async () => {
    const server = await serveGrpc([{ definition: ShopServiceDefinition, handlers }], {
      address: '127.0.0.1:0',
    });
    const stranger = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
    open.push(
      () => stranger.close(),
      () => server.close(),
    );
    expect(await callers(stranger, '%E0%A4%A')).toBe('unknown');
    expect(await callers(stranger, undefined)).toBe('unknown');
  });

  test('a service with a method that nobody handles does not start', async () => {
    const { fenceNode: _, ...rest } = handlers;
    await expect(
      serveGrpc([{ definition: ShopServiceDefinition, handlers: rest }], { address: '127.0.0.1:0' }),
    ).rejects.toThrow('butik.shop.v1.ShopService has no handler for fenceNode');
  });
});

function callers(client: Client, caller: string | undefined): Promise<string> {
  const { requestType, responseType } = ShopServiceDefinition.methods.getStoreInfo;
  const metadata = new Metadata();
  if (caller !== undefined) metadata.set('butik-caller', caller);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      '/butik.shop.v1.ShopService/GetStoreInfo',
      () => Buffer.from(requestType.encode(requestType.fromPartial({})).finish()),
      (bytes) => responseType.decode(bytes).name,
      {},
      metadata,
      (error, name) => (error ? reject(error) : resolve(name ?? '')),
    );
  });
}
