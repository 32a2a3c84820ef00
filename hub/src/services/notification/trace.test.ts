import { ButikError } from '@butik/proto/errors/butik-error';
import { orderConfirmed } from '@butik/proto/events/order';
import { startTracing } from '@butik/proto/telemetry/start-tracing';
import { startCollector } from '@butik/proto/telemetry/testing/start-collector';
import { expect, test } from 'vitest';
import { bootNotifications } from './testing/boot-notifications.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

test('a message is in the trace of the event that it tells of, also when it is delivered at the second attempt', async () => {
  const collector = await startCollector();
  const hub = await bootNotifications();
  const { logger } = hub.kernel;
  const tracing = startTracing({
    serviceName: 'hub',
    version: '1',
    otlpUrl: collector.url,
    ratio: 1,
    logger,
  });
  await hub.beginOrder({ contact: { email: 'eva@example.com', phone: '', language: 'sv' } });
  hub.carrier.fault = new ButikError('SERVICE_UNAVAILABLE');
  await hub.tell(orderConfirmed, { traceparent: `00-${TRACE}-b7ad6b7169203331-01` });
  hub.carrier.fault = undefined;
  hub.clock.nowMs += 3_600_000;
  await hub.idle();
  await hub.close();
  await tracing.close();
  await collector.close();
  const ours = collector.spans.filter(({ name }) => name.startsWith('notification.'));
  expect(ours.map(({ name, failed }) => [name, failed])).toEqual([
    ['notification.prepare', false],
    ['notification.deliver', true],
    ['notification.deliver', false],
  ]);
  for (const { traceId } of ours) expect(traceId).toBe(TRACE);
});
