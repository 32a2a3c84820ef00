import { afterEach, beforeEach, expect, test } from 'vitest';
import { ButikError } from '../errors/butik-error.ts';
import { ERROR_CODES, type ErrorCode } from '../errors/codes.ts';
import { type Connect, type ConnectedClient, failure, untilAborted } from './connect-shop.ts';
import { MAX_MESSAGE_BYTES } from './message-bytes.ts';
import type { CallContext } from './rpc.ts';

const storeInfo = {
  shopId: 's1',
  name: 'Torget',
  currency: 'SEK',
  country: 'SE',
  timeZone: 'Europe/Stockholm',
  groupIds: ['north'],
};

/** What a call between services does, whichever path it takes. */
export function rpcContract(connect: Connect): void {
  let connected: ConnectedClient;
  let client: ConnectedClient['client'];
  let contexts: CallContext[];
  let unexpected: unknown[];
  let answer: (shopId: string, context: CallContext) => Promise<object>;

  beforeEach(async () => {
    contexts = [];
    unexpected = [];
    answer = async (shopId) => ({ ...storeInfo, shopId });
    connected = await connect(
      {
        async getStoreInfo({ shopId }, context) {
          contexts.push(context);
          return await answer(shopId, context);
        },
        enrolNode: async ({ token }) => ({ nodeId: token, epoch: 1, shop: storeInfo }),
        getNode: async ({ nodeId, epoch }) => ({ nodeId, epoch, groupIds: ['a', 'b'] }),
        fenceNode: async () => ({}),
      },
      { caller: 'service:order', onUnexpectedError: (error, { method }) => unexpected.push([method, error]) },
    );
    client = connected.client;
  });
  afterEach(() => connected.close());

  test('a caller gets the values that the service answered, lists and nested messages too', async () => {
    expect(await client.getStoreInfo({ shopId: 's1' })).toEqual({
      ...storeInfo,
      fiscalMode: '',
    });
    expect((await client.getNode({ nodeId: 'n', epoch: 7 })).groupIds).toEqual(['a', 'b']);
    expect((await client.enrolNode({ token: 'n' })).shop).toEqual({ ...storeInfo, fiscalMode: '' });
    expect(await client.fenceNode({})).toEqual({});
  });

  test('what is left out arrives as the default of its type', async () => {
    const node = await client.getNode({});
    expect(node).toEqual({
      nodeId: '',
      epoch: 0,
      shopId: '',
      groupIds: ['a', 'b'],
      publicKeyX: '',
      fencedReason: '',
    });
  });

  test('the service changes its own copy of a message, never the caller’s', async () => {
    answer = async () => storeInfo;
    const got = await client.getStoreInfo({ shopId: 's1' });
    got.name = 'Hamnen';
    expect(storeInfo.name).toBe('Torget');
  });

  test('an error keeps its code, message and details, and leaves its cause behind', async () => {
    answer = async () => {
      throw new ButikError('SHOP_NOT_FOUND', {
        message: 'Ingen butik på Åvägen “9”.',
        details: { shopId: 's9', near: ['s1', 's2'] },
        cause: new Error('secret'),
      });
    };
    const error = await failure(client.getStoreInfo({ shopId: 's9' }));
    expect(error).toMatchObject({
      code: 'SHOP_NOT_FOUND',
      kind: 'not-found',
      message: 'Ingen butik på Åvägen “9”.',
      details: { shopId: 's9', near: ['s1', 's2'] },
    });
    expect(error.cause).toBeUndefined();
    expect(unexpected).toEqual([]);
  });

  test('every code of the error table arrives as itself', async () => {
    answer = async (code) => {
      throw new ButikError(code as ErrorCode, { details: { code } });
    };
    for (const [code, { kind, title }] of Object.entries(ERROR_CODES)) {
      const error = await failure(client.getStoreInfo({ shopId: code }));
      expect(error).toMatchObject({ code, kind, message: title, details: { code } });
    }
  });

  test('an error nobody foresaw is INTERNAL to the caller, and whole to the one who watches the service', async () => {
    const fault = new TypeError('password is hunter2');
    answer = async () => {
      throw fault;
    };
    const error = await failure(client.getStoreInfo({}));
    expect(error.code).toBe('INTERNAL');
    expect(`${error.message} ${JSON.stringify(error.details)} ${error.cause}`).not.toContain('hunter2');
    expect(unexpected).toEqual([['GetStoreInfo', fault]]);
  });

  test('an error with more details than an answer carries still arrives with its code', async () => {
    answer = async () => {
      throw new ButikError('SHOP_NOT_FOUND', {
        message: 'å'.repeat(9_000),
        details: { list: 'x'.repeat(100_000) },
      });
    };
    const error = await failure(client.getStoreInfo({}));
    expect(error).toMatchObject({ code: 'SHOP_NOT_FOUND', details: { truncated: true } });
  });

  test('the service learns who calls and in which trace', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await client.getStoreInfo({});
    await client.getStoreInfo({}, { caller: 'user:Åsa', traceparent });
    expect(contexts[0]).toMatchObject({ caller: 'service:order' });
    expect(contexts[0]?.traceparent).toBeUndefined();
    expect(contexts[1]).toMatchObject({ caller: 'user:Åsa', traceparent });
  });

  test('the service learns the deadline, and that a call without one has five seconds', async () => {
    const before = Date.now();
    await client.getStoreInfo({}, { timeoutMs: 60_000 });
    await client.getStoreInfo({});
    const after = Date.now();
    expect(contexts[0]?.deadlineMs).toBeGreaterThanOrEqual(before + 59_000);
    expect(contexts[0]?.deadlineMs).toBeLessThanOrEqual(after + 60_000);
    expect(contexts[1]?.deadlineMs).toBeLessThanOrEqual(after + 5_000);
  });

  test('a service that does not answer in time is told to stop, and the caller gets DEADLINE_EXCEEDED', async () => {
    const stopped = Promise.withResolvers<void>();
    answer = (_, { signal }) => untilAborted(signal, stopped.resolve);
    const error = await failure(client.getStoreInfo({}, { timeoutMs: 50 }));
    expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED', kind: 'timeout' });
    await stopped.promise;
  });

  test('a call whose time is up already is not made', async () => {
    expect(await failure(client.getStoreInfo({}, { timeoutMs: 0 }))).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    expect(contexts).toEqual([]);
  });

  test('a caller that gives up gets CANCELLED, and the service is told to stop', async () => {
    const giveUp = new AbortController();
    const stopped = Promise.withResolvers<void>();
    answer = (_, { signal }) => {
      giveUp.abort();
      return untilAborted(signal, stopped.resolve);
    };
    const error = await failure(client.getStoreInfo({}, { signal: giveUp.signal }));
    expect(error.code).toBe('CANCELLED');
    await stopped.promise;
  });

  test('a caller that had given up before calling disturbs nobody', async () => {
    const error = await failure(client.getStoreInfo({}, { signal: AbortSignal.abort() }));
    expect(error.code).toBe('CANCELLED');
    expect(contexts).toEqual([]);
  });

  test('a hundred calls at once each get their own answer', async () => {
    answer = async (shopId) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (shopId.endsWith('7')) throw new ButikError('SHOP_NOT_FOUND', { details: { shopId } });
      return { shopId };
    };
    const ids = Array.from({ length: 100 }, (_, n) => `s${n}`);
    const answers = await Promise.all(
      ids.map((shopId) =>
        client.getStoreInfo({ shopId }).then(
          (info) => info.shopId,
          (error: ButikError) => error.details.shopId,
        ),
      ),
    );
    expect(answers).toEqual(ids);
    expect(contexts).toHaveLength(100);
  });

  test('a request that its message cannot hold is refused before the call', async () => {
    expect(await failure(client.getNode({ epoch: -1 }))).toMatchObject({ code: 'REQUEST_INVALID' });
    const tooLarge = { shopId: 'x'.repeat(MAX_MESSAGE_BYTES) };
    expect(await failure(client.getStoreInfo(tooLarge))).toMatchObject({
      code: 'BODY_TOO_LARGE',
      details: { limit: MAX_MESSAGE_BYTES },
    });
    expect(contexts).toEqual([]);
  });

  test('an answer that its message cannot hold is refused too', async () => {
    answer = async () => ({ name: 'x'.repeat(MAX_MESSAGE_BYTES) });
    expect(await failure(client.getStoreInfo({}))).toMatchObject({ code: 'BODY_TOO_LARGE' });
  });
}
