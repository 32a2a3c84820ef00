import { startTracing } from '@butik/proto/telemetry/start-tracing';
import { startCollector } from '@butik/proto/telemetry/testing/start-collector';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { busContract, orderEvent } from './bus.contract.ts';
import { openInProcessBus } from './in-process/open-in-process-bus.ts';
import { tracedBus } from './traced-bus.ts';

const logger = pino({ level: 'silent' });
const TRACE = '0af7651916cd43dd8448eb211c80319c';

function openTraced(metrics = new Registry()) {
  const bus = openInProcessBus({
    logger,
    maxAttempts: 2,
    sleep: async () => undefined,
    onDeadLetter: async () => undefined,
  });
  return tracedBus(bus, { metrics });
}

describe('a bus that is watched', () => {
  busContract(async (onDeadLetter) => {
    const bus = openInProcessBus({ logger, maxAttempts: 3, sleep: async () => undefined, onDeadLetter });
    return { bus: tracedBus(bus, { metrics: new Registry() }), idle: async () => undefined };
  });
});

test('the trace of whoever caused an event goes on through its publishing and at its consumer', async () => {
  const collector = await startCollector();
  const tracing = startTracing({
    serviceName: 'hub',
    version: '1',
    otlpUrl: collector.url,
    ratio: 1,
    logger,
  });
  const bus = openTraced();
  await bus.subscribe({ consumer: 'feed', types: ['OrderCreated'], handle: async () => undefined });
  await bus.publish({ ...orderEvent('a'), traceparent: `00-${TRACE}-b7ad6b7169203331-01` });
  await bus.publish(orderEvent('b'));
  await bus.close();
  await tracing.close();
  await collector.close();
  const [taken, published, takenAlone, publishedAlone] = collector.spans;
  expect(published).toMatchObject({ name: 'publish OrderCreated', kind: 4, traceId: TRACE });
  // By the event and not by who delivers it, who may be another process.
  expect(taken).toMatchObject({
    name: 'feed takes OrderCreated',
    kind: 5,
    traceId: TRACE,
    parentSpanId: 'b7ad6b7169203331',
  });
  // An event that came without a trace is in that of its publishing.
  expect(publishedAlone!.parentSpanId).toBe('');
  expect(takenAlone).toMatchObject({
    traceId: publishedAlone!.traceId,
    parentSpanId: publishedAlone!.spanId,
  });
});

test('events that are published, taken and refused are counted by type and consumer', async () => {
  const metrics = new Registry();
  const bus = openTraced(metrics);
  await bus.subscribe({ consumer: 'feed', types: ['OrderCreated'], handle: async () => undefined });
  await bus.subscribe({
    consumer: 'report',
    types: ['OrderCreated'],
    handle: () => Promise.reject(new Error('no')),
  });
  await bus.publish(orderEvent('a'));
  await bus.close();
  await expect(bus.publish(orderEvent('a'))).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  const lines = (await metrics.metrics()).split('\n').filter((line) => line.includes('_total{'));
  expect(lines.sort()).toEqual([
    'butik_events_published_total{type="OrderCreated",outcome="failed"} 1',
    'butik_events_published_total{type="OrderCreated",outcome="published"} 1',
    'butik_events_taken_total{consumer="feed",type="OrderCreated",outcome="taken"} 1',
    'butik_events_taken_total{consumer="report",type="OrderCreated",outcome="failed"} 2',
  ]);
});
