import type { HttpServer } from '@butik/proto/http/create-http-server';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Ports } from '../ports.ts';
import type { SyncStatus } from '../replication/sync-status.ts';

/**
 * `GET /metrics` for a Prometheus in the shop or on the box: requests by route, what is not sent yet, and the process.
 * Register it before the routes that it counts.
 */
export function addMetricsRoute(
  app: HttpServer,
  context: { syncStatus: () => SyncStatus; ports: Ports },
): void {
  const metrics = new Registry();
  metrics.setDefaultLabels({ service: 'edge' });
  collectDefaultMetrics({ register: metrics });
  countRequests(app, metrics);
  readReplication(metrics, context);
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    // A text goes out as it is; the server's serializer would quote it.
    reply
      .type(metrics.contentType)
      .serializer(String)
      .send(await metrics.metrics()),
  );
}

function countRequests(app: HttpServer, metrics: Registry): void {
  const duration = new Histogram({
    name: 'butik_http_request_seconds',
    help: 'Answered requests by route and class of status; the count is how many.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.5],
    registers: [metrics],
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
    const status = `${Math.floor(reply.statusCode / 100)}xx`;
    duration.observe({ method: request.method, route, status }, reply.elapsedTime / 1000);
    done();
  });
}

function readReplication(
  metrics: Registry,
  { syncStatus, ports }: { syncStatus: () => SyncStatus; ports: Ports },
): void {
  const registers = [metrics];
  new Gauge({
    name: 'butik_edge_unsent_facts',
    help: 'Facts that the hub has not acknowledged.',
    labelNames: ['channel'],
    registers,
    collect() {
      for (const { channel, lastSeq, acknowledged } of syncStatus().channels) {
        this.set({ channel }, lastSeq - acknowledged);
      }
    },
  });
  new Gauge({
    name: 'butik_edge_unsent_oldest_seconds',
    help: 'Age of the oldest fact that the hub has not acknowledged; 0 without any.',
    registers,
    collect() {
      const { oldestAt } = syncStatus().unsent;
      this.set(oldestAt === null ? 0 : Math.max(ports.clock.now() - Date.parse(oldestAt), 0) / 1000);
    },
  });
  new Gauge({
    name: 'butik_edge_hub_connected',
    help: 'Whether the hub answered last: 1 or 0.',
    registers,
    collect() {
      this.set(syncStatus().hub === 'connected' ? 1 : 0);
    },
  });
}
