import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ButikError } from '../errors/butik-error.ts';
import { inSpan } from '../telemetry/span.ts';
import { startTracing, type Tracing } from '../telemetry/start-tracing.ts';
import { type Collector, startCollector } from '../telemetry/testing/start-collector.ts';
import { type Connect, type ConnectedClient, failure, untilAborted } from './connect-shop.ts';
import type { CallContext } from './rpc.ts';

/** What the calls carry that a service makes while it answers one, whichever path they take. */
export function onwardCallsContract(connect: Connect): void {
  let client: ConnectedClient['client'];
  let contexts: CallContext[];
  let answer: (context: CallContext) => Promise<object>;
  const opened: ConnectedClient[] = [];

  beforeEach(async () => {
    contexts = [];
    client = await open('service:order', (context) => {
      contexts.push(context);
      return answer(context);
    });
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });

  async function open(caller: string | undefined, getStoreInfo: (context: CallContext) => Promise<object>) {
    const handlers = {
      getStoreInfo: (_: object, context: CallContext) => getStoreInfo(context),
      enrolNode: async () => ({}),
      getNode: async () => ({}),
      fenceNode: async () => ({}),
    };
    const connected = await connect(handlers, caller === undefined ? {} : { caller });
    opened.push(connected);
    return connected.client;
  }

  /** A second service, which the first one's handler calls. */
  async function connectNext(caller?: string) {
    const nextContexts: CallContext[] = [];
    const next = await open(caller, async (context) => {
      nextContexts.push(context);
      return {};
    });
    return { next, nextContexts };
  }

  test('a service that calls on gives the next one no more time than its own caller waits', async () => {
    const { next, nextContexts } = await connectNext();
    answer = async () => {
      await next.getStoreInfo({}, { timeoutMs: 60_000 });
      return await next.getStoreInfo({}, { timeoutMs: 100 });
    };
    await client.getStoreInfo({}, { timeoutMs: 20_000 });
    const [long, short] = nextContexts.map(({ deadlineMs }) => deadlineMs);
    const { deadlineMs } = contexts[0]!;
    expect(long).toBeLessThanOrEqual(deadlineMs + ON_THE_WAY_MS);
    expect(short).toBeLessThan(deadlineMs - ON_THE_WAY_MS);
  });

  test('a service whose own time is up does not call on', async () => {
    const { next, nextContexts } = await connectNext();
    const calledOn = Promise.withResolvers<ButikError>();
    answer = async ({ signal }) => {
      await untilAborted(signal, () => undefined).catch(() => undefined);
      calledOn.resolve(await failure(next.getStoreInfo({})));
      return {};
    };
    expect(await failure(client.getStoreInfo({}, { timeoutMs: 50 }))).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    expect(await calledOn.promise).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(nextContexts).toEqual([]);
  });

  test('what a service has set going has its own time, once the caller has its answer', async () => {
    const { next, nextContexts } = await connectNext('service:order');
    const answered = Promise.withResolvers<void>();
    let later: Promise<unknown> | undefined;
    answer = async () => {
      later = answered.promise.then(() => next.getStoreInfo({}, { timeoutMs: 60_000 }));
      return {};
    };
    await client.getStoreInfo({}, { timeoutMs: 2_000 });
    answered.resolve();
    await later;
    expect(nextContexts[0]!.deadlineMs).toBeGreaterThan(contexts[0]!.deadlineMs + 30_000);
  });

  test('a service that calls on is named as the caller', async () => {
    const { next, nextContexts } = await connectNext();
    answer = async () => {
      await next.getStoreInfo({});
      return await next.getStoreInfo({}, { caller: 'user:Åsa' });
    };
    await client.getStoreInfo({});
    await next.getStoreInfo({});
    expect(nextContexts.map(({ caller }) => caller)).toEqual(['service:shop', 'user:Åsa', 'unknown']);
  });

  test('a trace goes on to the next service even where no tracing is started', async () => {
    const { next, nextContexts } = await connectNext();
    answer = () => next.getStoreInfo({});
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await client.getStoreInfo({}, { traceparent });
    expect(nextContexts).toMatchObject([{ traceparent }]);
  });

  describe('with tracing', () => {
    let collector: Collector;
    let tracing: Tracing;
    beforeEach(async () => {
      collector = await startCollector();
      const logger = { warn: () => undefined };
      tracing = startTracing({ serviceName: 'test', version: '1', otlpUrl: collector.url, ratio: 1, logger });
    });
    afterEach(async () => {
      await tracing.close();
      await collector.close();
    });

    test('calls over two services are one trace: each a span of its caller and one of who answers', async () => {
      const { next } = await connectNext();
      answer = () => next.getStoreInfo({});
      await inSpan('sale', {}, () => client.getStoreInfo({}));
      await tracing.close();
      const { spans } = collector;
      expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
      const chain: [string, number][] = [];
      for (let at = spans.find(({ parentSpanId }) => parentSpanId === ''); at; ) {
        chain.push([at.name, at.kind]);
        const { spanId } = at;
        at = spans.find(({ parentSpanId }) => parentSpanId === spanId);
      }
      const call = 'ShopService/GetStoreInfo';
      expect(chain).toEqual([['sale', 1], ...[3, 2, 3, 2].map((kind) => [call, kind])]);
    });

    test('the service learns the span of the call as its trace context, and a call that fails marks it', async () => {
      answer = async () => {
        throw new ButikError('SHOP_NOT_FOUND');
      };
      const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
      await failure(client.getStoreInfo({}, { traceparent }));
      await tracing.close();
      const [server, made] = collector.spans;
      expect(made).toMatchObject({ kind: 3, failed: true, parentSpanId: '00f067aa0ba902b7' });
      expect(server).toMatchObject({ kind: 2, failed: true, parentSpanId: made!.spanId });
      expect(server!.attributes).toMatchObject({ 'butik.caller': 'service:order' });
      expect(contexts[0]!.traceparent).toBe(`00-4bf92f3577b34da6a3ce929d0e0e4736-${made!.spanId}-01`);
    });
  });
}

/** gRPC sends the time that is left, so the time on the way comes on top: next to none, unless the machine is busy. */
const ON_THE_WAY_MS = 5_000;
