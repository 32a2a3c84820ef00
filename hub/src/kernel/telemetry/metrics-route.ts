import { ButikError } from '@butik/proto/errors/butik-error';
import type { FastifyPluginAsync } from 'fastify';
import type { Registry } from 'prom-client';

/** What reading one metric may take; Prometheus itself waits ten seconds. */
const METRIC_TIMEOUT_MS = 5_000;

/**
 * `GET /metrics` for Prometheus, which comes to the process itself and has no token. They tell outsiders how large the
 * chain is: nginx does not pass the path on, and what came through any proxy is answered as if it were not there.
 */
export function metricsRoute({ metrics }: { metrics: Registry }): FastifyPluginAsync {
  return async (app) => {
    app.get(
      '/metrics',
      { config: { permission: 'public' }, schema: { hide: true } },
      async ({ headers, method, url }, reply) => {
        if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) {
          throw new ButikError('ROUTE_NOT_FOUND', { details: { method, path: url } });
        }
        // A text goes out as it is; the server's serializer would quote it.
        return reply
          .type(metrics.contentType)
          .serializer(String)
          .send(await readMetrics(metrics));
      },
    );
  };
}

/** All metrics but those that cannot be read: one whose table is away must not hide that it is. */
async function readMetrics(metrics: Registry): Promise<string> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('too slow')), METRIC_TIMEOUT_MS);
  try {
    const names = metrics.getMetricsAsArray().map(({ name }) => name);
    const read = names.map((name) => Promise.race([metrics.getSingleMetricAsString(name), late.promise]));
    const texts = await Promise.allSettled(read);
    return `${texts.flatMap((text) => (text.status === 'fulfilled' ? [text.value] : [])).join('\n\n')}\n`;
  } finally {
    clearTimeout(timer);
  }
}
