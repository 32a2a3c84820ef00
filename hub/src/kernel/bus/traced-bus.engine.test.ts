import { startTracing } from '@butik/proto/telemetry/start-tracing';
import { startCollector } from '@butik/proto/telemetry/testing/start-collector';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { orderEvent } from './bus.contract.ts';
import { brokerUrl, openTestBus, ownNames } from './rabbitmq/broker-under-test.ts';
import { tracedBus } from './traced-bus.ts';

describe.skipIf(!brokerUrl)('a watched bus over RabbitMQ (BUTIK_TEST_RABBITMQ)', () => {
  test('an event that had no trace is at its consumer in that of its publishing', async () => {
    const collector = await startCollector();
    const logger = pino({ level: 'silent' });
    const tracing = startTracing({
      serviceName: 'hub',
      version: '1',
      otlpUrl: collector.url,
      ratio: 1,
      logger,
    });
    const names = ownNames();
    const opened = await openTestBus(names.prefix, { onDeadLetter: async () => undefined });
    const bus = tracedBus(opened, { metrics: new Registry() });
    const done = Promise.withResolvers<void>();
    await bus.subscribe({ consumer: 'feed', types: ['OrderCreated'], handle: async () => done.resolve() });
    await bus.publish(orderEvent('a'));
    await done.promise;
    expect(await bus.depth!()).toMatchObject([{ consumer: 'feed' }]);
    await bus.close();
    await tracing.close();
    await collector.close();
    await names.remove(['feed']);
    const published = collector.spans.find(({ name }) => name === 'publish OrderCreated')!;
    expect(published.parentSpanId).toBe('');
    expect(collector.spans.find(({ name }) => name === 'feed takes OrderCreated')).toMatchObject({
      traceId: published.traceId,
      parentSpanId: published.spanId,
    });
  });
});
