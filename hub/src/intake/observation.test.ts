import { ButikError } from '@butik/proto/errors/butik-error';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { syncMetrics } from './sync-metrics.ts';
import { enrolBox, hlcAt, type TestBox } from './testing/test-box.ts';
import { HUB_TIME_MS, openTestHub, SHOP_ID, type TestHub } from './testing/test-hub.ts';

let hub: TestHub;
let box: TestBox;
beforeEach(async () => {
  hub = await openTestHub();
  box = enrolBox(hub);
});
afterEach(() => hub.close());

const clock = (offMs: number) => ({ 'butik-clock-ms': String(hub.clock.ms + offMs) });
const shopItem = async () =>
  ((await hub.getJson('/v1/sync/shops')).body as { items: Record<string, unknown>[] }).items[0]!;

test('[O1] head office sees what a shop sent, how late, what waits since when, and when it was heard of', async () => {
  hub.onSale.call = () => {
    throw new ButikError('SERVICE_UNAVAILABLE');
  };
  const facts = box.makeFacts(2, { hlc: hlcAt(HUB_TIME_MS - 60_000) });
  await box.push(facts, {}, clock(1_000));
  const { bytes, ...item } = await shopItem();
  expect(bytes).toBeGreaterThan(100);
  expect(item).toEqual({
    shopId: SHOP_ID,
    nodeId: box.nodeId,
    epoch: 1,
    channel: 'orders',
    acknowledged: 2,
    pending: 2,
    quarantined: 0,
    oldestPendingAt: '2026-03-01T12:00:00.000Z',
    lastReceivedAt: '2026-03-01T12:00:00.000Z',
    lagMs: 60_000,
    gone: 0,
    reoffers: 0,
    lastSeenAt: '2026-03-01T12:00:00.000Z',
    clockSkewMs: 1_000,
    clockAheadMs: 0,
    clockAlarm: false,
  });
  hub.clock.ms += 90_000;
  await box.cursors();
  expect(await shopItem()).toMatchObject({
    lastReceivedAt: '2026-03-01T12:00:00.000Z',
    lastSeenAt: '2026-03-01T12:01:30.000Z',
  });
});

test('[C4] a clock six minutes late is an alarm in status and metrics, and in the log once a day', async () => {
  const alarms = () => hub.log.filter(({ msg }) => msg === 'the clock of a box is wrong');
  const facts = box.makeFacts(4);
  await box.push(facts.slice(0, 1), {}, clock(-360_000));
  await box.push(facts.slice(1, 2), {}, clock(-360_000));
  expect(await shopItem()).toMatchObject({ clockSkewMs: -360_000, clockAlarm: true });
  expect(alarms()).toHaveLength(1);
  const metrics = new Registry();
  syncMetrics({ metrics, sql: hub.sql, clock: { now: () => hub.clock.ms } });
  expect(await metrics.metrics()).toContain(`butik_sync_clock_skew_seconds{shop="${SHOP_ID}"} -360`);

  hub.clock.ms += 86_400_000;
  await box.push(facts.slice(2, 3), {}, clock(-360_000));
  expect(alarms()).toHaveLength(2);
  await box.push(facts.slice(3), {}, clock(0));
  expect(await shopItem()).toMatchObject({ clockSkewMs: 0, clockAlarm: false });
});

test('[C4] a box of old that says no clock shows by its facts that it is ahead', async () => {
  await box.push(box.makeFacts(1, { hlc: hlcAt(HUB_TIME_MS + 600_000) }));
  expect(await shopItem()).toMatchObject({ clockSkewMs: 600_000, clockAheadMs: 600_000, clockAlarm: true });
});

test('[O2] one fact’s way is told from the shop to the service, with who acted on it', async () => {
  const trace = '0af7651916cd43dd8448eb211c80319c';
  hub.onSale.call = () => {
    throw new ButikError('FACT_PAYLOAD_INVALID');
  };
  const [fact] = box.makeFacts(1);
  await box.push([{ ...fact, traceparent: `00-${trace}-b7ad6b7169203331-01` }]);
  await hub.intake.idle();
  const path = `/v1/sync/facts/${fact!.id}`;
  const { body } = await hub.getJson(path);
  expect(body).toMatchObject({
    factId: fact!.id,
    type: 'sale.recorded',
    made: { shopId: SHOP_ID, nodeId: box.nodeId, epoch: 1, channel: 'orders', seq: 1, hlc: fact!.hlc },
    receivedAt: '2026-03-01T12:00:00.000Z',
    state: 'quarantined',
    service: 'order',
    failedAttempts: 1,
    error: { code: 'FACT_PAYLOAD_INVALID' },
    actions: [],
    traceId: trace,
  });
  hub.onSale.call = () => undefined;
  await hub.postJson(`/v1/sync/quarantine/${fact!.id}/retry`, undefined, 'user:karin');
  await hub.intake.idle();
  expect((await hub.getJson(path)).body).toMatchObject({
    state: 'applied',
    failedAttempts: 0,
    error: null,
    actions: [{ action: 'retry', by: 'user:karin', at: '2026-03-01T12:00:00.000Z', reason: null }],
  });
});

test('[O2] a fact that was written off, one of a type that is not known, and one that is not here', async () => {
  const [fact] = box.makeFacts(1, { fact: () => ({ type: 'door.opened' }) });
  await box.push([fact]);
  await hub.intake.idle();
  await hub.postJson(`/v1/sync/quarantine/${fact!.id}/write-off`, { reason: 'the door is gone' });
  expect((await hub.getJson(`/v1/sync/facts/${fact!.id}`)).body).toMatchObject({
    state: 'written-off',
    service: null,
    traceId: null,
  });
  expect(await hub.getJson(`/v1/sync/facts/${box.nodeId}`)).toMatchObject({
    status: 404,
    body: { code: 'FACT_NOT_FOUND' },
  });
});
