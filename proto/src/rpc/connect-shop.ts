import { expect } from 'vitest';
import { ButikError } from '../errors/butik-error.ts';
import type { ShopServiceDefinition } from '../gen/butik/shop/v1/shop.ts';
import type { OnUnexpectedError } from './answer-call.ts';
import type { RpcClient, RpcHandlers } from './rpc.ts';

type Definition = typeof ShopServiceDefinition;
export interface ConnectedClient {
  client: RpcClient<Definition>;
  close(): Promise<void>;
}

/** Connects a client, of `caller` if it is given, to the handlers, by the path that is under test. */
export type Connect = (
  handlers: RpcHandlers<Definition>,
  options: { caller?: string; onUnexpectedError?: OnUnexpectedError },
) => Promise<ConnectedClient>;

export async function failure(call: Promise<unknown>): Promise<ButikError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ButikError);
  return error as ButikError;
}

export function untilAborted(signal: AbortSignal, onStop: () => void): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => {
      onStop();
      reject(new Error('stopped'));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });
}
