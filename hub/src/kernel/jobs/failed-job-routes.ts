import { ButikError } from '@butik/proto/errors/butik-error';
import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Jobs } from './jobs.ts';

const failedJobSchema = z.object({
  name: z.string(),
  id: z.string(),
  payload: z.unknown(),
  attempts: z.int(),
  error: z.string(),
  failedAt: z.string(),
});

/** Jobs that used up their attempts: `/v1/jobs/failed`; head office begins them anew when the cause is mended. */
export function failedJobRoutes(jobs: Jobs, logger: Pick<Logger, 'info'>): FastifyPluginAsync {
  return async (fastify) => {
    const app = fastify.withTypeProvider<ZodTypeProvider>();
    const tags = ['jobs'];

    app.get(
      '/v1/jobs/failed',
      {
        config: { permission: 'job:read' },
        schema: {
          tags,
          querystring: z.object({ name: z.string().min(1).max(100).optional() }),
          response: { 200: z.object({ items: z.array(failedJobSchema) }) },
        },
      },
      async ({ query }) => ({ items: await jobs.failed(query.name) }),
    );

    app.post(
      '/v1/jobs/failed/:name/:id/retry',
      {
        config: { permission: 'job:write' },
        schema: {
          tags,
          params: z.object({ name: z.string().min(1).max(100), id: z.string().min(1).max(200) }),
        },
      },
      async ({ params, caller }, reply) => {
        if (!(await jobs.retryFailed(params.name, params.id))) {
          throw new ButikError('JOB_NOT_FOUND', { details: params });
        }
        logger.info({ ...params, by: caller }, 'a failed job is begun anew');
        return reply.status(202).send(params);
      },
    );
  };
}
