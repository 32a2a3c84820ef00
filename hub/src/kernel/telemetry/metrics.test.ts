import { createHttpServer, type HttpServer } from '@butik/proto/http/create-http-server';
import { pino } from 'pino';
import { Gauge, type Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { orderEvent } from '../bus/bus.contract.ts';
import type { QueueDepth } from '../bus/bus.ts';
import { keepDeadLetter, migrateDeadLetters } from '../bus/dead-letters.ts';
import { openTestSql } from '../sql/testing/test-database.ts';
import { createMetrics } from './create-metrics.ts';
import { gaugesOnScrape } from './gauges-on-scrape.ts';
import { healthRoutes } from './health-routes.ts';
import { metricsRoute } from './metrics-route.ts';
import { outboxMetrics } from './outbox-metrics.ts';
import { paymentMetrics } from './payment-metrics.ts';
import { busMetrics, jobMetrics } from './queue-metrics.ts';
import { redMetrics } from './red-metrics.ts';

let metrics: Registry;
let app: HttpServer;
beforeEach(async () => {
  metrics = createMetrics({ service: 'hub', version: '1.2.3' });
  app = await createHttpServer({ logger: pino({ level: 'silent' }), title: 'test', version: '1' });
  await app.register(redMetrics({ metrics }));
  await app.register(metricsRoute({ metrics }));
});
afterEach(() => app.close());

/** The lines of these metrics, without the buckets of histograms and the label that all have. */
async function scrape(...names: string[]): Promise<string[]> {
  const { body } = await app.inject('/metrics');
  const lines = body.split('\n').filter((line) => names.some((name) => line.startsWith(name)));
  return lines
    .filter((line) => !line.includes('_bucket'))
    .map((line) => line.replace(/,?service="hub",?/, ''));
}

test('Prometheus reads which version runs and how the process is', async () => {
  const answer = await app.inject('/metrics');
  expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(answer.body).toContain('butik_build_info{version="1.2.3",service="hub"} 1');
  expect(answer.body).toContain('nodejs_eventloop_lag_p99_seconds{service="hub"}');
  expect(answer.body).toContain('process_resident_memory_bytes{service="hub"}');
});

test.each(['x-forwarded-for', 'forwarded'])(
  'who comes through a proxy (%s) finds no metrics',
  async (header) => {
    const answer = await app.inject({ url: '/metrics', headers: { [header]: '203.0.113.7' } });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'ROUTE_NOT_FOUND' });
  },
);

test('requests are counted by route, not by address, and by how they ended', async () => {
  app.get('/orders/:id', async ({ params }) => {
    if ((params as { id: string }).id === 'bad') throw new Error('broken');
    return {};
  });
  for (const id of ['a', 'b', 'bad']) await app.inject(`/orders/${id}`);
  await app.inject('/wp-admin/setup.php');
  expect(await scrape('butik_http_request_seconds_count')).toEqual([
    'butik_http_request_seconds_count{method="GET",route="/orders/:id",status="2xx"} 2',
    'butik_http_request_seconds_count{method="GET",route="/orders/:id",status="5xx"} 1',
    'butik_http_request_seconds_count{method="GET",route="unmatched",status="4xx"} 1',
  ]);
});

test('an outbox shows how much waits and how long the oldest has, by service', async () => {
  const outboxes = [
    { service: 'order', backlog: async () => ({ events: 3, oldestMs: 40_000 }) },
    { service: 'shop', backlog: async () => ({ events: 0, oldestMs: null }) },
  ];
  outboxMetrics({ metrics, clock: { now: () => 100_000 }, outboxes });
  expect(await scrape('butik_outbox_')).toEqual([
    'butik_outbox_events{service="order"} 3',
    'butik_outbox_events{service="shop"} 0',
    'butik_outbox_oldest_seconds{service="order"} 60',
    'butik_outbox_oldest_seconds{service="shop"} 0',
  ]);
});

test('payments whose outcome is open show how many and how old, by gateway', async () => {
  const read = async () => [
    { gateway: 'swish', kind: 'payment' as const, open: 2, oldestAtMs: 40_000 },
    { gateway: 'swish', kind: 'refund' as const, open: 0, oldestAtMs: null },
  ];
  paymentMetrics({ metrics, clock: { now: () => 100_000 }, read });
  expect(await scrape('butik_payments_')).toEqual([
    'butik_payments_open{gateway="swish",kind="payment"} 2',
    'butik_payments_open{gateway="swish",kind="refund"} 0',
    'butik_payments_open_oldest_seconds{gateway="swish",kind="payment"} 60',
    'butik_payments_open_oldest_seconds{gateway="swish",kind="refund"} 0',
  ]);
});

test('a metric that cannot be read hides no other one', async () => {
  new Gauge({
    name: 'butik_test_broken',
    help: 'Broken.',
    registers: [metrics],
    collect: () => Promise.reject(new Error('the table is away')) as never,
  });
  expect(await scrape('butik_test_')).toEqual([]);
  expect(await scrape('butik_build_info')).toHaveLength(1);
});

test('a process that is not ready shows which part it waits for', async () => {
  const checks = [
    { name: 'sql', check: async () => undefined },
    { name: 'documents', check: () => Promise.reject(new Error('away')) },
  ];
  await app.register(healthRoutes({ checks, isDraining: () => false, metrics }));
  expect(await scrape('butik_part_ready')).toEqual([
    'butik_part_ready{part="sql"} 1',
    'butik_part_ready{part="documents"} 0',
  ]);
});

test('jobs show how many wait, run and have failed, by name', async () => {
  const depth = [{ name: 'payment.settle', waiting: 2, running: 1, failed: 4 }];
  jobMetrics({ metrics, jobs: { depth: async () => depth } });
  expect(await scrape('butik_jobs')).toEqual([
    'butik_jobs{job="payment.settle",state="waiting"} 2',
    'butik_jobs{job="payment.settle",state="running"} 1',
    'butik_jobs{job="payment.settle",state="failed"} 4',
  ]);
});

test('dead letters and the queues of a broker are shown by consumer; a broker that is away hides only its own', async () => {
  const sql = await openTestSql();
  await migrateDeadLetters(sql);
  await keepDeadLetter(sql, { consumer: 'feed', event: orderEvent('a'), error: new Error() });
  let depth = async (): Promise<QueueDepth[]> => [{ consumer: 'feed', waiting: 7, dead: 1 }];
  busMetrics({ metrics, bus: { depth: () => depth() }, sql });
  const names = ['butik_dead_letters', 'butik_bus_', 'butik_readings_failed_total'];
  expect(await scrape(...names)).toEqual([
    'butik_readings_failed_total{part="dead-letters"} 0',
    'butik_readings_failed_total{part="bus"} 0',
    'butik_dead_letters{consumer="feed"} 1',
    'butik_bus_waiting_events{consumer="feed"} 7',
    'butik_bus_dying_events{consumer="feed"} 1',
  ]);
  depth = () => Promise.reject(new Error('away'));
  const apart = createMetrics({ service: 'hub', version: '1' });
  busMetrics({ metrics: apart, bus: { depth }, sql });
  const text = await apart.metrics();
  expect(text).toContain('butik_dead_letters{consumer="feed",service="hub"} 1');
  expect(text).not.toContain('butik_bus_waiting_events{');
  expect(await apart.getSingleMetricAsString('butik_readings_failed_total')).toContain(
    'part="bus",service="hub"} 1',
  );
  await sql.close();
});

test('gauges of one reading share it, and one that never ends leaves them empty instead of old', async () => {
  let reads = 0;
  gaugesOnScrape({
    metrics,
    part: 'slow',
    gauges: { butik_test_one: { help: 'One.' }, butik_test_two: { help: 'Two.' } },
    read() {
      reads += 1;
      return new Promise<never>(() => undefined);
    },
    timeoutMs: 1,
  });
  expect(await scrape('butik_test_')).toEqual([]);
  expect(reads).toBe(1);
  expect(String(await scrape('butik_readings_failed_total'))).toMatch(
    /^butik_readings_failed_total{part="slow"} [^0]/,
  );
});
