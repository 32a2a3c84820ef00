import { describe } from 'vitest';
import { ShopServiceDefinition } from '../gen/butik/shop/v1/shop.ts';
import { createInProcessClient } from './in-process-client.ts';
import { rpcContract } from './rpc.contract.ts';

describe('a service in the same process', () => {
  rpcContract(async (handlers, options) => ({
    client: createInProcessClient(ShopServiceDefinition, handlers, options),
    close: async () => undefined,
  }));
});
