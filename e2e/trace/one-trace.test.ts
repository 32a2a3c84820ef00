import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CollectedSpan } from '@butik/proto/telemetry/testing/read-spans';
import { type Collector, startCollector } from '@butik/proto/telemetry/testing/start-collector';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { callHubWithJson } from '../../hub/cli/hub-client.ts';
import { type Network, startNetwork } from '../network/start-network.ts';
import { catalogueArrives } from '../replay/prepare.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const TRACE = '0af7651916cd43dd8448eb211c80319c';
/** As a till that traces itself would send it. */
const TILL = { spanId: 'b7ad6b7169203331', traceparent: `00-${TRACE}-b7ad6b7169203331-01` };

const WAY = [
  'POST /v1/sales',
  'apply sale.recorded',
  'publish OrderCreated',
  'notification takes OrderCreated',
];

let folder: string;
let collector: Collector;
let network: Network;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'butik-trace-'));
  collector = await startCollector();
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
  const shop = { name: 'Hörnan', currency: 'SEK', country: 'SE', timeZone: 'Europe/Stockholm' };
  network = await startNetwork(folder, [shop]);
  const basePrice = { amountMinor: 1990, currency: 'SEK' };
  const product = { code: '7310865004703', name: 'Mjölk', vatCategory: 'food', basePrice };
  await callHubWithJson(network.hub.address, 'POST', '/v1/products', product);
  await catalogueArrives(network);
});
afterAll(async () => {
  await network?.close();
  await collector?.close();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test('a sale at the till is one trace, through the shop’s box and the hub, to whoever is told of the order', async () => {
  const answer = await fetch(`${network.shops[0]!.url}/v1/sales`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': uuidv7(),
      traceparent: TILL.traceparent,
    },
    body: JSON.stringify({
      lines: [{ code: '7310865004703', quantity: 1 }],
      tenders: [{ type: 'external', amountMinor: 1990 }],
    }),
  });
  expect(answer.status).toBe(201);

  // Processes send their spans every two seconds.
  const [sold, applied, published, told] = await vi.waitFor(() => WAY.map(spanNamed), {
    timeout: 60_000,
    interval: 50,
  });
  expect(sold).toMatchObject({ service: 'butik-edge', parentSpanId: TILL.spanId });
  expect(applied).toMatchObject({ service: 'butik-hub', parentSpanId: sold!.spanId });
  expect(wayTo(published!)).toEqual(expect.arrayContaining([sold, applied]));
  expect(wayTo(told!)).toEqual(expect.arrayContaining([sold, applied]));
  expect(collector.spans.filter(({ traceId, failed }) => traceId === TRACE && failed)).toEqual([]);
});

function spanNamed(name: string): CollectedSpan {
  const span = collector.spans.find((each) => each.traceId === TRACE && each.name === name);
  if (!span)
    throw new Error(`no span ${name}; there are ${collector.spans.map((each) => each.name).join(', ')}`);
  return span;
}

/** The spans from the first of the trace that was collected down to this one. */
function wayTo(span: CollectedSpan): CollectedSpan[] {
  const parent = collector.spans.find(({ spanId }) => spanId === span.parentSpanId);
  return parent ? [...wayTo(parent), span] : [span];
}
