import { ButikError } from '@butik/proto/errors/butik-error';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { syncMetrics } from './sync-metrics.ts';
import { enrolBox, hlcAt } from './testing/test-box.ts';
import { HUB_TIME_MS, openTestHub, SHOP_ID, type TestHub } from './testing/test-hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await openTestHub();
});
afterAll(() => hub.close());

async function scrape(): Promise<string[]> {
  const metrics = new Registry();
  syncMetrics({ metrics, sql: hub.sql, clock: { now: () => hub.clock.ms } });
  return (await metrics.metrics()).split('\n').filter((line) => line && !line.startsWith('#'));
}
const orders = `{shop="${SHOP_ID}",channel="orders"}`;

test('a hub of which no shop has sent anything has no series of shops and an empty quarantine', async () => {
  expect(await scrape()).toEqual([
    'butik_readings_failed_total{part="sync"} 0',
    'butik_sync_shops 0',
    'butik_sync_gone_facts 0',
    'butik_quarantine_facts 0',
    'butik_quarantine_oldest_seconds 0',
  ]);
});

test('a shop that was offline shows how old its facts were, what is not applied, and how long it has been silent', async () => {
  hub.onSale.call = ({ payload }) => {
    if (payload === '"bad"') throw new ButikError('FACT_PAYLOAD_INVALID');
  };
  const payloads = ['"good"', '"bad"', '"good"'];
  const box = enrolBox(hub);
  const facts = box.makeFacts(3, {
    hlc: hlcAt(HUB_TIME_MS - 3_600_000),
    fact: (index) => ({ aggregate: index === 0 ? 'a' : 'b', payload: payloads[index]! }),
  });
  expect(await box.push(facts)).toMatchObject({ status: 200 });
  await hub.intake.idle();
  hub.clock.ms = HUB_TIME_MS + 120_000;
  expect(await scrape()).toEqual([
    'butik_readings_failed_total{part="sync"} 0',
    'butik_sync_shops 1',
    `butik_sync_silence_seconds${orders} 120`,
    `butik_sync_lag_seconds${orders} 3600`,
    `butik_sync_pending_facts${orders} 1`,
    `butik_sync_pending_oldest_seconds${orders} 120`,
    `butik_sync_clock_ahead_seconds${orders} 0`,
    expect.stringMatching(/^butik_sync_received_bytes\{.*channel="orders"\} \d+$/),
    'butik_sync_gone_facts 0',
    `butik_sync_quarantined_facts${orders} 1`,
    'butik_quarantine_facts 1',
    'butik_quarantine_oldest_seconds 120',
  ]);
});
