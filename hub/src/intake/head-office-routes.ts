import { CHANNELS } from '@butik/proto/facts/define-fact';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import type { Sql } from '../kernel/sql/sql.ts';
import type { BoxesSeen } from './boxes-seen.ts';
import {
  type Act,
  listQuarantine,
  listQuarantineActions,
  quarantineActionSchema,
  quarantinedSchema,
  retryFact,
  writeOffFact,
} from './quarantine.ts';
import { askReoffer, listReoffers, reofferedSchema } from './reoffers.ts';
import { channelLagSchema, listShopLag } from './shop-lag.ts';
import { tracedFactSchema, traceFact } from './trace-fact.ts';

const limit = z.coerce.number().int().min(1).max(200).default(50);
/** `cursor` is `next` of the page before. */
const quarantinePage = z.strictObject({ limit, cursor: z.uuid().optional() });
const historyPage = z.strictObject({ limit, cursor: z.coerce.number().int().positive().optional() });
const factParams = z.strictObject({ factId: z.uuid() });
const writeOffSchema = z.strictObject({ reason: z.string().trim().min(3).max(500) });

const shopParams = z.strictObject({ shopId: z.uuid() });
const rangeSchema = z
  .strictObject({ channel: z.enum(CHANNELS), from: z.int().positive(), to: z.int().positive() })
  .refine(({ from, to }) => from <= to, { path: ['to'], message: 'before `from`' });

export interface HeadOfficeContext {
  sql: Sql;
  clock: Clock;
  boxes: BoxesSeen;
  /** Called after a fact was put back to be applied. */
  onRetry(): void;
}

/** What head office sees of sync, and what it can do: how far each box has come, one fact's way, ranges to be sent again, and the quarantine. */
export function headOfficeRoutes(instance: FastifyInstance, context: HeadOfficeContext): void {
  shopRoutes(instance, context);
  quarantineRoutes(instance, context);
}

function shopRoutes(instance: FastifyInstance, { sql, clock, boxes }: HeadOfficeContext): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/v1/sync/shops',
    {
      config: { permission: 'sync:read' },
      schema: { tags: ['sync'], response: { 200: z.object({ items: z.array(channelLagSchema) }) } },
    },
    async () => {
      await boxes.flush();
      return { items: await listShopLag(sql) };
    },
  );

  app.get(
    '/v1/sync/facts/:factId',
    {
      config: { permission: 'sync:read' },
      schema: { tags: ['sync'], params: factParams, response: { 200: tracedFactSchema } },
    },
    async ({ params }) => traceFact(sql, params.factId),
  );

  app.get(
    '/v1/sync/shops/:shopId/reoffers',
    {
      config: { permission: 'sync:read' },
      schema: {
        tags: ['sync'],
        params: shopParams,
        response: { 200: z.object({ items: z.array(reofferedSchema) }) },
      },
    },
    async ({ params }) => ({ items: await listReoffers(sql, params) }),
  );

  app.post(
    '/v1/sync/shops/:shopId/reoffer',
    {
      config: { permission: 'sync:write' },
      schema: { tags: ['sync'], params: shopParams, body: rangeSchema, response: { 202: reofferedSchema } },
    },
    async ({ params, body, caller }, reply) => {
      const asked = { ...params, ...body, id: uuidv7(), by: caller ?? 'unknown', at: new Date(clock.now()) };
      return reply.status(202).send(await askReoffer(sql, asked));
    },
  );
}

function quarantineRoutes(instance: FastifyInstance, { sql, clock, onRetry }: HeadOfficeContext): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const actOf = ({ caller }: FastifyRequest): Act => ({
    by: caller ?? 'unknown',
    at: new Date(clock.now()),
  });

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
