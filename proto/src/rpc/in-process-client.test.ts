import { describe } from 'vitest';
import { ShopServiceDefinition } from '../gen/butik/shop/v1/shop.ts';
import type { Connect } from './connect-shop.ts';
import { createInProcessClient } from './in-process-client.ts';
import { onwardCallsContract } from './onward-calls.contract.ts';
import { rpcContract } from './rpc.contract.ts';

const connect: Connect = async (handlers, options) => ({
  client: createInProcessClient(ShopServiceDefinition, handlers, options),
  close: async () => undefined,
});

describe('a service in the same process', () => rpcContract(connect));
describe('a service in the same process that calls on', () => onwardCallsContract(connect));
