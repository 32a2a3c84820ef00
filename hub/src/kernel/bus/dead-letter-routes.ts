import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Sql } from '../sql/sql.ts';
import { keptDeadLetterSchema, listDeadLetters } from './dead-letters.ts';
import type { Redelivery } from './redeliver.ts';

const idSchema = z.string().regex(/^[^:]{1,100}:.{1,200}$/, 'An id is CONSUMER:EVENT.');
const pageSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** `next` of the page before. */
  cursor: idSchema.optional(),
});

/** Events that consumers did not take: `/v1/sync/dead-letters`. */
export function deadLetterRoutes(sql: Sql, redelivery: Redelivery): FastifyPluginAsync {
  return async (fastify) => {
    const app = fastify.withTypeProvider<ZodTypeProvider>();

    app.get(
      '/v1/sync/dead-letters',
      {
        config: { permission: 'sync:read' },
        schema: {
          tags: ['sync'],
          querystring: pageSchema,
          response: { 200: z.object({ items: z.array(keptDeadLetterSchema), next: z.string().nullable() }) },
        },
      },
      async ({ query: { limit, cursor } }) => {
        const items = await listDeadLetters(sql, { limit, after: cursor });
        return { items, next: items.length === limit ? items.at(-1)!.id : null };
      },
    );

    app.post(
      '/v1/sync/dead-letters/:id/redeliver',
      {
        config: { permission: 'sync:write' },
        schema: { tags: ['sync'], params: z.strictObject({ id: idSchema }) },
      },
      async ({ params, caller }, reply) => {
        await redelivery.redeliver(params.id, caller ?? 'unknown');
        return reply.status(202).send({ id: params.id, status: 'delivering' });
      },
    );
  };
}
