import { ButikError } from '@butik/proto/errors/butik-error';
import { createHttpServer, type HttpServer } from '@butik/proto/http/create-http-server';
import rateLimit from '@fastify/rate-limit';
import type { FastifyPluginAsync } from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { HubConfig } from './config/config.ts';
import { operatorToken } from './config/operator-token.ts';
import type { Cache } from './kernel/cache/cache.ts';
import { assertRoutesDeclarePermission } from './kernel/http/assert-routes-declare-permission.ts';
import { operatorAuth } from './kernel/http/operator-auth.ts';
import { rateLimitStore } from './kernel/http/rate-limit-store.ts';
import { shedLoad } from './kernel/http/shed-load.ts';
import { type HealthOptions, healthRoutes } from './kernel/telemetry/health-routes.ts';
import { metricsRoute } from './kernel/telemetry/metrics-route.ts';
import { redMetrics } from './kernel/telemetry/red-metrics.ts';
import { VERSION } from './version.ts';

export interface HttpContext {
  config: HubConfig;
  logger: Logger;
  metrics: Registry;
  cache: Cache;
  health: HealthOptions;
}

/** The HTTP server of a hub process, with access check, limits, metrics and health; routes are added to it. */
export async function buildHttp({
  config,
  logger,
  metrics,
  cache,
  health,
}: HttpContext): Promise<HttpServer> {
  const app = await createHttpServer({
    logger,
    title: 'Butik hub',
    version: VERSION,
    trustProxy: config.trustProxy,
  });
  assertRoutesDeclarePermission(app);
  await app.register(shedLoad({ maxEventLoopDelayMs: config.maxEventLoopDelayMs, metrics }));
  await app.register(redMetrics({ metrics }));
  const operator = { token: operatorToken(config), name: 'operator', permissions: 'all' } as const;
  app.addHook('onRequest', operatorAuth({ tokens: [operator] }));
  await app.register(rateLimit, { global: false, store: rateLimitStore(cache, logger) });
  await app.register(healthRoutes(health));
  await app.register(metricsRoute({ metrics }));
  return app;
}

/** A service's routes under `/v1`, and bare as the service definitions write them; the API's description shows one of each. */
export async function addServiceRoutes(app: HttpServer, routes: FastifyPluginAsync): Promise<void> {
  await app.register(routes, { prefix: '/v1' });
  await app.register(async (bare) => {
    bare.addHook('onRoute', (route) => {
      route.schema = { ...route.schema, hide: true };
    });
    await bare.register(routes);
  });
}

/** Throws SERVICE_UNAVAILABLE when something else has the port. */
export async function listen(app: HttpServer, { host, port }: HubConfig): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    throw portTaken(host, port, cause);
  }
}

/** What a server that cannot listen threw, said plainly where the port is taken. */
export function portTaken(host: string, port: number, cause: unknown): unknown {
  if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') return cause;
  return new ButikError('SERVICE_UNAVAILABLE', {
    message: `Something else listens on ${host}:${port}.`,
    details: { part: `port ${port}` },
    cause,
  });
}
