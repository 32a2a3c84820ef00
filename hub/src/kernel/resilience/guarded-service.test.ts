import { ButikError } from '@butik/proto/errors/butik-error';
import { ShopServiceDefinition } from '@butik/proto/gen/butik/shop/v1/shop';
import { createGrpcClient } from '@butik/proto/rpc/grpc-client';
import { type GrpcServer, serveGrpc } from '@butik/proto/rpc/grpc-server';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createGuard } from './create-guard.ts';

let server: GrpcServer;
let shop: ReturnType<typeof createGrpcClient<typeof ShopServiceDefinition>>;
let calls: string[];
let failures: number;

beforeEach(async () => {
  calls = [];
  failures = 0;
  const answer = (method: string) => async () => {
    calls.push(method);
    if (calls.length <= failures)
      throw new ButikError('SERVICE_UNAVAILABLE', { details: { part: 'documents' } });
    return {};
  };
  const handlers = {
    getStoreInfo: answer('getStoreInfo'),
    enrolNode: answer('enrolNode'),
    getNode: answer('getNode'),
    fenceNode: answer('fenceNode'),
  };
  server = await serveGrpc([{ definition: ShopServiceDefinition, handlers }], { address: '127.0.0.1:0' });
  const log = () => undefined;
  const guard = createGuard({
    name: 'service:shop',
    metrics: new Registry(),
    logger: { info: log, warn: log },
    backoff: { minMs: 1, maxMs: 2 },
    breaker: { consecutiveFailures: 4, openForMs: 60_000 },
  });
  shop = createGrpcClient(ShopServiceDefinition, `127.0.0.1:${server.port}`, {
    around: (remote, call) => guard.run(call, remote),
  });
});
afterEach(async () => {
  shop.close();
  await server.close();
});

test('a service that fails for a moment answers a reader all the same', async () => {
  failures = 2;
  await shop.client.getStoreInfo({ shopId: 's1' });
  await shop.client.fenceNode({});
  expect(calls).toEqual(['getStoreInfo', 'getStoreInfo', 'getStoreInfo', 'fenceNode']);
});

test('what must not be done twice is left to its caller', async () => {
  failures = 2;
  await expect(shop.client.enrolNode({})).rejects.toMatchObject({ details: { part: 'documents' } });
  expect(calls).toEqual(['enrolNode']);
});

test('a service that goes on failing is left alone', async () => {
  failures = 100;
  for (let asked = 0; asked < 4; asked++) await shop.client.enrolNode({}).catch(() => undefined);
  await expect(shop.client.enrolNode({})).rejects.toMatchObject({ details: { part: 'service:shop' } });
  expect(calls).toHaveLength(4);
});
