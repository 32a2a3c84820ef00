import { asButikError } from '@butik/proto/errors/butik-error';
import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import { gaugesOnScrape } from './gauges-on-scrape.ts';

/** A part without which this process cannot do its work. */
export interface ReadinessCheck {
  /** Such as `sql` or `bus`. */
  name: string;
  /** Throws when the part does not work; gives up when the signal is aborted. */
  check(signal: AbortSignal): Promise<unknown>;
}

export interface HealthOptions {
  checks: readonly ReadinessCheck[];
  /** True from the moment the process has been told to end: then nobody new should be sent here. */
  isDraining(): boolean;
  /** Where `butik_part_ready` is registered. */
  metrics?: Registry;
  /** What one check may take; 2 s. */
  timeoutMs?: number;
  /** Answers of the same moment are shared for so long; 1 s. */
  keepMs?: number;
  /** A clock that only goes on; tests pass their own. */
  monotonicMs?: () => number;
}

const readinessSchema = z.object({
  status: z.enum(['ready', 'draining', 'not-ready']),
  parts: z.record(z.string(), z.object({ status: z.enum(['ok', 'failed']), error: z.string().optional() })),
});
type Readiness = z.infer<typeof readinessSchema>;

/**
 * `/healthz`: the process is alive, and nothing more: one that waits for its database must not be killed for it.
 * `/readyz`: every part works and the process is not draining; 503 otherwise, with the parts. Both are public and
 * say only codes, since whoever balances load has no token.
 */
export function healthRoutes(options: HealthOptions): FastifyPluginAsync {
  const { isDraining, metrics, keepMs = 1_000, monotonicMs = () => performance.now() } = options;
  let last: { atMs: number; parts: Promise<Readiness['parts']> } | undefined;

  /** However often it is asked, the parts are bothered once in `keepMs`. */
  function checkedParts(): Promise<Readiness['parts']> {
    const now = monotonicMs();
    if (!last || now - last.atMs >= keepMs) last = { atMs: now, parts: checkAll(options) };
    return last.parts;
  }

  if (metrics) {
    gaugesOnScrape({
      metrics,
      part: 'readiness',
      gauges: {
        butik_part_ready: {
          help: 'Whether a part that this process needs works: 1 or 0.',
          labelNames: ['part'],
        },
      },
      async read() {
        const parts = Object.entries(await checkedParts());
        const readings = parts.map(([part, { status }]) => ({
          labels: { part },
          value: status === 'ok' ? 1 : 0,
        }));
        return { butik_part_ready: readings };
      },
    });
  }

  return async (fastify) => {
    const app = fastify.withTypeProvider<ZodTypeProvider>();
    const config = { permission: 'public' } as const;
    const tags = ['health'];

    app.get(
      '/healthz',
      { config, schema: { tags, response: { 200: z.object({ status: z.literal('ok') }) } } },
      async () => ({ status: 'ok' as const }),
    );

    app.get(
      '/readyz',
      { config, schema: { tags, response: { 200: readinessSchema, 503: readinessSchema } } },
      async (_request, reply) => {
        const parts = await checkedParts();
        const failed = Object.values(parts).some(({ status }) => status === 'failed');
        const status = isDraining() ? 'draining' : failed ? 'not-ready' : 'ready';
        return reply
          .status(status === 'ready' ? 200 : 503)
          .header('cache-control', 'no-store')
          .send({ status, parts });
      },
    );
  };
}

async function checkAll({ checks, timeoutMs = 2_000 }: HealthOptions): Promise<Readiness['parts']> {
  const parts = await Promise.all(
    checks.map(async (part) => [part.name, await checkPart(part, timeoutMs)] as const),
  );
  return Object.fromEntries(parts);
}

async function checkPart({ check }: ReadinessCheck, timeoutMs: number): Promise<Readiness['parts'][string]> {
  const signal = AbortSignal.timeout(timeoutMs);
  const late = Promise.withResolvers<never>();
  const giveUp = () => late.reject(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    // A check that does not heed its signal is not waited for either.
    await Promise.race([check(signal), late.promise]);
    return { status: 'ok' };
  } catch (thrown) {
    return { status: 'failed', error: signal.aborted ? 'DEADLINE_EXCEEDED' : asButikError(thrown).code };
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
