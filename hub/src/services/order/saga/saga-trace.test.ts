import { startTracing } from '@butik/proto/telemetry/start-tracing';
import { startCollector } from '@butik/proto/telemetry/testing/start-collector';
import { pino } from 'pino';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { createOrderWorld } from '../testing/order-world.ts';
import { anOrder } from '../testing/place-order.ts';

test('every step of an order is in the trace of its request, also those that another process takes', async () => {
  const collector = await startCollector();
  const logger = pino({ level: 'silent' });
  const { url: otlpUrl } = collector;
  const tracing = startTracing({ serviceName: 'butik-hub', version: '0', otlpUrl, ratio: 1, logger });
  const world = await createOrderWorld();
  const first = await world.start();
  world.faults.plan = (method) => (method === 'processPayment' && !first.isDead() ? 'crash-before' : 'none');
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const headers = { 'idempotency-key': v7(), traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  await first.call('POST', '/orders', anOrder(world), headers);
  await first.idle();
  expect(first.isDead()).toBe(true);
  world.clock.nowMs += 16_000;
  const second = await world.start();
  await second.sweep();
  await world.close();
  await tracing.close();
  await collector.close();

  const steps = collector.spans.filter(({ name }) => name.startsWith('saga '));
  const names = steps.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['saga reserve', 'saga pay', 'saga confirm']));
  expect(new Set(steps.map((span) => span.traceId))).toEqual(new Set([traceId]));
  expect(world.events.map(({ traceparent }) => traceparent?.slice(3, 35))).toEqual([traceId, traceId]);
});
