import { ButikError } from '@butik/proto/errors/butik-error';
import { PROBLEM_MEDIA_TYPE, toProblem } from '@butik/proto/errors/problem';
import underPressure from '@fastify/under-pressure';
import type { FastifyPluginAsync } from 'fastify';
import { Counter, type Registry } from 'prom-client';

export interface ShedLoadOptions {
  /** Mean lag of the event loop over a sample, in milliseconds, above which requests are refused; 0 never refuses. */
  maxEventLoopDelayMs: number;
  metrics: Registry;
  /** How often the lag is looked at. */
  sampleEveryMs?: number;
}

const SAMPLE_EVERY_MS = 1_000;
/** Two samples: by then it has been looked at again. */
const RETRY_AFTER_SECONDS = 2;
/** Who looks after the process has to see it most when it is overloaded. */
const ALWAYS_ANSWERED: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz', '/metrics']);

/**
 * Answers requests with 503 and `retry-after` while the event loop lags, so that those under way come to an end.
 * Register it before what costs time. Refusals are counted (`butik_http_requests_shed_total`), not logged: a line
 * each would be more load.
 */
export function shedLoad(options: ShedLoadOptions): FastifyPluginAsync {
  const { maxEventLoopDelayMs, metrics, sampleEveryMs = SAMPLE_EVERY_MS } = options;
  const shed = new Counter({
    name: 'butik_http_requests_shed_total',
    help: 'Requests refused because the event loop lagged',
    registers: [metrics],
  });

  const plugin: FastifyPluginAsync = async (app) => {
    if (maxEventLoopDelayMs === 0) return;
    await app.register(underPressure, {
      maxEventLoopDelay: maxEventLoopDelayMs,
      sampleInterval: sampleEveryMs,
      pressureHandler(request, reply) {
        if (ALWAYS_ANSWERED.has(request.routeOptions.url)) return;
        shed.inc();
        const error = new ButikError('SERVICE_UNAVAILABLE', {
          message: 'Too much to do at the moment.',
          details: { part: 'event loop' },
        });
        void reply
          .status(503)
          .header('retry-after', RETRY_AFTER_SECONDS)
          .type(PROBLEM_MEDIA_TYPE)
          .serializer(JSON.stringify);
        // What is returned is sent; the library's types do not say so.
        return toProblem(error, request.id) as unknown as undefined;
      },
    });
  };
  // As fastify-plugin does: its hooks are for all routes, not only for those of the plugin.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true });
}
