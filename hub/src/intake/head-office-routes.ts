import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import type { Sql } from '../kernel/sql/sql.ts';
import {
  type Act,
  listQuarantine,
  listQuarantineActions,
  quarantineActionSchema,
  quarantinedSchema,
  retryFact,
  writeOffFact,
} from './quarantine.ts';
import { channelLagSchema, listShopLag } from './shop-lag.ts';

const limit = z.coerce.number().int().min(1).max(200).default(50);
/** `cursor` is `next` of the page before. */
const quarantinePage = z.strictObject({ limit, cursor: z.uuid().optional() });
const historyPage = z.strictObject({ limit, cursor: z.coerce.number().int().positive().optional() });
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
  const actOf = ({ caller }: FastifyRequest): Act => ({
    by: caller ?? 'unknown',
    at: new Date(clock.now()),
  });

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
        querystring: quarantinePage,
        response: { 200: z.object({ items: z.array(quarantinedSchema), next: z.string().nullable() }) },
      },
    },
    async ({ query }) => {
      const items = await listQuarantine(sql, { limit: query.limit, after: query.cursor });
      return { items, next: items.length === query.limit ? items.at(-1)!.factId : null };
    },
  );

  app.get(
    '/v1/sync/quarantine/history',
    {
      config: { permission: 'sync:read' },
      schema: {
        tags: ['sync'],
        querystring: historyPage,
        response: { 200: z.object({ items: z.array(quarantineActionSchema), next: z.string().nullable() }) },
      },
    },
    async ({ query }) => {
      const items = await listQuarantineActions(sql, { limit: query.limit, before: query.cursor });
      return { items, next: items.length === query.limit ? String(items.at(-1)!.position) : null };
    },
  );

  app.post(
    '/v1/sync/quarantine/:factId/retry',
    { config: { permission: 'sync:write' }, schema: { tags: ['sync'], params: factParams } },
    async (request, reply) => {
      const { factId } = request.params;
      await retryFact(sql, factId, actOf(request));
      onRetry();
      return reply.status(202).send({ factId, status: 'pending' });
    },
  );

  app.post(
    '/v1/sync/quarantine/:factId/write-off',
    {
      config: { permission: 'sync:write' },
      schema: { tags: ['sync'], params: factParams, body: writeOffSchema },
    },
    async (request) => {
      const { factId } = request.params;
      await writeOffFact(sql, factId, request.body.reason, actOf(request));
      onRetry();
      return { factId, status: 'written-off' };
    },
  );
}
