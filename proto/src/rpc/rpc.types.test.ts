import { expectTypeOf, test } from 'vitest';
import type { GetNodeRequest, GetNodeResponse, ShopServiceDefinition } from '../gen/butik/shop/v1/shop.ts';
import type { CallContext, CallOptions, RpcClient, RpcDefinition, RpcHandlers } from './rpc.ts';

type Client = RpcClient<typeof ShopServiceDefinition>;
type Handlers = RpcHandlers<typeof ShopServiceDefinition>;

// Checked by the compiler; at run time these only have to load.
test('clients and handlers have the types of the generated messages', () => {
  expectTypeOf<keyof Client>().toEqualTypeOf<'getStoreInfo' | 'enrolNode' | 'getNode' | 'fenceNode'>();
  expectTypeOf<Client['getNode']>().returns.toEqualTypeOf<Promise<GetNodeResponse>>();
  expectTypeOf<Client['getNode']>().parameter(0).toEqualTypeOf<Partial<GetNodeRequest>>();
  expectTypeOf<Client['getNode']>().parameter(1).toEqualTypeOf<CallOptions | undefined>();
  expectTypeOf<Handlers['getNode']>().parameter(0).toEqualTypeOf<GetNodeRequest>();
  expectTypeOf<Handlers['getNode']>().parameter(1).toEqualTypeOf<CallContext>();
  expectTypeOf<Handlers['getNode']>().returns.resolves.toEqualTypeOf<{
    [Name in keyof GetNodeResponse]?: GetNodeResponse[Name];
  }>();
  expectTypeOf<Handlers>().toExtend<RpcHandlers<RpcDefinition>>();
});
