import { inSpan } from '@butik/proto/telemetry/span';
import { startTracing } from '@butik/proto/telemetry/start-tracing';
import { startCollector } from '@butik/proto/telemetry/testing/start-collector';
import { verifyChain } from '@butik/sync/hash-chain';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sha256 } from '../../sha256.ts';
import { openStubHub, type StubHub } from '../testing/stub-hub.ts';
import { eventually, openTestShop, type TestShop } from '../testing/test-shop.ts';

let hub: StubHub;
let shop: TestShop;
beforeEach(async () => {
  hub = await openStubHub();
  shop = openTestShop(hub);
});
afterEach(async () => {
  await shop.close();
  await hub.close();
});
const sent = () => eventually(() => expect(shop.replication.status().unsent.facts).toBe(0));

test('[U16] sales that share one commit are sent each with the trace of its own request, which is in no hash', async () => {
  const collector = await startCollector();
  const logger = pino({ level: 'silent' });
  const tracing = startTracing({
    serviceName: 'edge',
    version: '1',
    otlpUrl: collector.url,
    ratio: 1,
    logger,
  });
  await Promise.all([
    inSpan('first sale', {}, () => shop.sell(1)),
    inSpan('second sale', {}, () => shop.sell(1)),
    shop.sell(1),
  ]);
  await tracing.close();
  await collector.close();
  shop.start();
  await sent();
  const spanOf = (name: string) => collector.spans.find((span) => span.name === name)!;
  const facts = hub.facts.get('orders')!;
  expect(facts.map(({ traceparent }) => traceparent)).toEqual([
    `00-${spanOf('first sale').traceId}-${spanOf('first sale').spanId}-01`,
    `00-${spanOf('second sale').traceId}-${spanOf('second sale').spanId}-01`,
    undefined,
  ]);
  const owner = { node: shop.identity.nodeId, epoch: 1 };
  const changed = facts.map((fact) => ({ ...fact, traceparent: undefined }));
  expect(() => verifyChain(sha256, owner, facts[0]!.prevHash, changed)).not.toThrow();
});

test('a shop that is not traced sends nothing of it, as before', async () => {
  await shop.sell(1);
  shop.start();
  await sent();
  expect(hub.facts.get('orders')).toHaveLength(1);
  expect(hub.facts.get('orders')![0]).not.toHaveProperty('traceparent');
});
