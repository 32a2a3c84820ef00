import { currentTraceparent } from '@butik/proto/telemetry/span';
import { startTracing, type Tracing } from '@butik/proto/telemetry/start-tracing';
import { type Collector, startCollector } from '@butik/proto/telemetry/testing/start-collector';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { enrolBox, type TestBox } from './testing/test-box.ts';
import { openTestHub, type TestHub } from './testing/test-hub.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SALE = `00-${TRACE}-b7ad6b7169203331-01`;

let hub: TestHub;
let box: TestBox;
let collector: Collector;
let tracing: Tracing;
beforeEach(async () => {
  hub = await openTestHub();
  box = enrolBox(hub);
  collector = await startCollector();
  const logger = pino({ level: 'silent' });
  tracing = startTracing({ serviceName: 'hub', version: '1', otlpUrl: collector.url, ratio: 1, logger });
});
afterEach(async () => {
  await tracing.close();
  await collector.close();
  await hub.close();
});

test('[U16] the hub applies a fact in the trace of the sale that made it, also after it was tried in vain', async () => {
  const seen: (string | undefined)[] = [];
  hub.onSale.call = () => {
    seen.push(currentTraceparent());
    if (seen.length === 1) throw new Error('not now');
  };
  const facts = box.makeFacts(1).map((fact) => ({ ...fact, traceparent: SALE }));
  expect(await box.push(facts)).toMatchObject({ status: 200 });
  hub.clock.stepMs = 1_000; // Time goes on, up to the second attempt.
  await hub.intake.idle();
  await tracing.close();
  const applied = collector.spans.filter(({ name }) => name === 'apply sale.recorded');
  expect(applied).toMatchObject([
    { traceId: TRACE, parentSpanId: 'b7ad6b7169203331', kind: 5, failed: true },
    { traceId: TRACE, parentSpanId: 'b7ad6b7169203331', kind: 5, failed: false },
  ]);
  expect(seen).toEqual([expect.stringContaining(TRACE), expect.stringContaining(TRACE)]);
});

test('[U16] a fact whose trace context is nonsense is taken without it', async () => {
  const facts = box
    .makeFacts(2)
    .map((fact, index) => ({ ...fact, traceparent: index === 0 ? 'nonsense' : 7 }));
  expect(await box.push(facts)).toMatchObject({ status: 200, body: { acknowledged: 2 } });
  await hub.intake.idle();
  expect(hub.sales).toHaveLength(2);
});
