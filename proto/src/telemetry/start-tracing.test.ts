import { afterEach, beforeEach, expect, test } from 'vitest';
import { currentTraceparent, inSpan } from './span.ts';
import { startTracing, type Tracing } from './start-tracing.ts';
import { type Collector, startCollector } from './testing/start-collector.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const KEPT = `00-${TRACE}-b7ad6b7169203331-01`;

let collector: Collector;
let tracing: Tracing | undefined;
let warnings: object[];
beforeEach(async () => {
  collector = await startCollector();
  warnings = [];
});
afterEach(async () => {
  await tracing?.close();
  tracing = undefined;
  await collector.close();
});

function start(ratio = 1): Tracing {
  const logger = { warn: (details: object) => void warnings.push(details) };
  const options = { serviceName: 'butik-test', version: '1', otlpUrl: `${collector.url}/`, ratio, logger };
  tracing = startTracing(options as Parameters<typeof startTracing>[0]);
  return tracing;
}

test('spans within spans reach the collector as one trace, when the process ends at the latest', async () => {
  const { close } = start();
  await inSpan('sale', { kind: 'server', attributes: { 'shop.id': 'a' } }, async () => {
    await inSpan('write', {}, async () => undefined);
  });
  await close();
  const [write, sale] = collector.spans;
  expect(sale).toMatchObject({
    service: 'butik-test',
    name: 'sale',
    kind: 2,
    parentSpanId: '',
    attributes: { 'shop.id': 'a' },
  });
  expect(write).toMatchObject({ name: 'write', traceId: sale!.traceId, parentSpanId: sale!.spanId });
});

test('a trace that came from elsewhere goes on, and is handed on with this span as its parent', async () => {
  const { close } = start(0);
  const handedOn = await inSpan('taken', { traceparent: KEPT }, async () => currentTraceparent());
  await close();
  expect(collector.spans).toMatchObject([
    { name: 'taken', traceId: TRACE, parentSpanId: 'b7ad6b7169203331' },
  ]);
  expect(handedOn).toBe(`00-${TRACE}-${collector.spans[0]!.spanId}-01`);
});

test('of traces that begin here only the share asked for is kept, and those who are told of one drop it too', async () => {
  const { close } = start(0);
  const handedOn = await inSpan('dropped', {}, async () => currentTraceparent());
  await close();
  expect(collector.spans).toEqual([]);
  expect(handedOn).toMatch(/-00$/);
});

test.each(['', 'nonsense', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, `ff-${TRACE}-b7ad6b7169203331-01`])(
  'a trace context that is none (%s) begins a new trace',
  async (traceparent) => {
    const { close } = start();
    await inSpan('taken', { traceparent }, async () => undefined);
    await close();
    expect(collector.spans).toMatchObject([{ name: 'taken', parentSpanId: '' }]);
  },
);

test('what a span throws marks it and is thrown on', async () => {
  const { close } = start();
  const failing = inSpan('failing', {}, () => Promise.reject(new Error('no stock')));
  await expect(failing).rejects.toThrow('no stock');
  await close();
  expect(collector.spans).toMatchObject([{ name: 'failing', failed: true }]);
});

test('a collector that refuses everything harms nobody and is complained of once', async () => {
  collector.status = 400;
  const { close } = start();
  // Each full batch is sent at once.
  for (let n = 0; n < 3 * 512; n++) await inSpan('sale', {}, async () => undefined);
  await close();
  expect(collector.requests).toBeGreaterThan(1);
  expect(warnings.length).toBeLessThanOrEqual(2);
});

test('without tracing there are no spans and no trace context', async () => {
  expect(await inSpan('sale', { traceparent: KEPT }, async () => currentTraceparent())).toBeUndefined();
});

test('a process that starts tracing twice has it once, until who began it ends it', async () => {
  const first = start();
  await start().close();
  await inSpan('sale', {}, async () => undefined);
  await first.close();
  expect(collector.spans).toHaveLength(1);
  await start().close();
});
