import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import type { Sql } from '../kernel/sql/sql.ts';
import { listQuarantine, quarantinedSchema, retryFact, writeOffFact } from './quarantine.ts';
import { channelLagSchema, listShopLag } from './shop-lag.ts';

const pageSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.uuid().optional(),
});
const factParams = z.strictObject({ factId: z.uuid() });
const writeOffSchema = z.strictObject({ reason: z.string().trim().min(3).max(500) });

/** What head office sees of sync: how far each box has come, and the quarantine. `onRetry` wakes the appliers. */
export function headOfficeRoutes(
  instance: FastifyInstance,
  sql: Sql,
  clock: Clock,
  onRetry: () => void,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/v1/sync/shops',
    {
      config: { permission: 'sync:read' },
      schema: { tags: ['sync'], response: { 200: z.object({ items: z.array(channelLagSchema) }) } },
    },
    async () => ({ items: await listShopLag(sql) }),
  );

  app.get(
    '/v1/sync/quarantine',
    {
      config: { permission: 'sync:read' },
      schema: {
        tags: ['sync'],
        querystring: pageSchema,
        response: { 200: z.object({ items: z.array(quarantinedSchema) }) },
      },
    },
    async ({ query }) => ({ items: await listQuarantine(sql, query) }),
  );

  app.post(
    '/v1/sync/quarantine/:factId/retry',
    { config: { permission: 'sync:write' }, schema: { tags: ['sync'], params: factParams } },
    async ({ params }, reply) => {
      await retryFact(sql, params.factId);
      onRetry();
      return reply.status(202).send({ factId: params.factId, status: 'pending' });
    },
  );

  app.post(
    '/v1/sync/quarantine/:factId/write-off',
    {
      config: { permission: 'sync:write' },
      schema: { tags: ['sync'], params: factParams, body: writeOffSchema },
    },
    async ({ params, body }) => {
      await writeOffFact(sql, params.factId, body.reason, new Date(clock.now()));
      onRetry();
      return { factId: params.factId, status: 'written-off' };
    },
  );
}
