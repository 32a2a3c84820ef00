import type { FastifyPluginAsync } from 'fastify';
import { Histogram, type Registry } from 'prom-client';

/**
 * Requests, errors and duration of every route, by its pattern, so that ids in addresses make no new series. Register
 * it before the routes; it counts those of the whole server.
 */
export function redMetrics({ metrics }: { metrics: Registry }): FastifyPluginAsync {
  const duration = new Histogram({
    name: 'butik_http_request_seconds',
    help: 'Answered requests by route and class of status; the count is how many.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30],
    registers: [metrics],
  });
  const plugin: FastifyPluginAsync = async (app) => {
    app.addHook('onResponse', async (request, reply) => {
      const route = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
      const status = `${Math.floor(reply.statusCode / 100)}xx`;
      duration.observe({ method: request.method, route, status }, reply.elapsedTime / 1000);
    });
  };
  // Fastify's mark of a plugin whose hooks are not for itself alone.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true });
}
