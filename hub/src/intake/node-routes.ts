import { ButikError } from '@butik/proto/errors/butik-error';
import { PROBLEM_MEDIA_TYPE, toProblem } from '@butik/proto/errors/problem';
import type { Channel } from '@butik/proto/facts/define-fact';
import {
  CLOCK_HEADER,
  CONTENT_ENCODINGS,
  cursorsResponseSchema,
  enrolRequestSchema,
  enrolResponseSchema,
  keptRequestSchema,
  MAX_BATCH_BYTES,
} from '@butik/proto/facts/sync-wire';
import type { RateLimitOptions } from '@fastify/rate-limit';
import { sql as template } from 'drizzle-orm';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import type { Sql } from '../kernel/sql/sql.ts';
import type { BoxesSeen } from './boxes-seen.ts';
import type { IntakeClients } from './intake-clients.ts';
import type { NodeAuth } from './node-auth.ts';
import { namedChannel, push, refuseWhenBusy } from './push.ts';
import { noteKept, openReoffers } from './reoffers.ts';

export interface NodeRoutesContext {
  sql: Sql;
  clients: IntakeClients;
  clock: Clock;
  logger: Logger;
  auth: NodeAuth;
  boxes: BoxesSeen;
  /** The hub's load with so many pushes under way, in parts of its bounds. */
  load(pushes: number): number;
  /** Called after facts were journalled. */
  onFacts(journalled: number): void;
}

/** In the answers of push and cursors, so that a box knows how it may compress. */
const ACCEPT_ENCODING = CONTENT_ENCODINGS.join(', ');

/**
 * A token has too many bits to be guessed; this keeps those who try from costing anything. A whole chain
 * may enrol its shops from behind one address.
 */
const ENROL_RATE: RateLimitOptions = {
  max: 120,
  timeWindow: '1 minute',
  errorResponseBuilder: (_request, { ttl }) =>
    new ButikError('RATE_LIMITED', { details: { retryAfterS: Math.ceil(ttl / 1000) } }),
};

/** What boxes ask: enrol, push facts, read their cursors. Bodies stay bytes, so that the signature can be checked. */
export function nodeRoutes(app: FastifyInstance, context: NodeRoutesContext): void {
  const { clients, clock, auth } = context;
  let pushes = 0;
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: MAX_BATCH_BYTES },
    (_request, body, done) => done(null, body),
  );

  app.post(
    '/sync/v1/enrol',
    { config: { permission: 'public', rateLimit: ENROL_RATE } },
    async (request, reply) => {
      const { token, publicKey } = parseJson(request.body, enrolRequestSchema);
      const node = await clients.shop.enrolNode(
        { token, publicKeyX: publicKey.x },
        { caller: 'service:intake' },
      );
      const answer = { nodeId: node.nodeId, epoch: node.epoch, shop: node.shop, hubTimeMs: clock.now() };
      return reply.status(201).send(enrolResponseSchema.parse(answer));
    },
  );

  app.post('/sync/v1/push', { config: { permission: 'node' } }, async (request, reply) => {
    reply.header('accept-encoding', ACCEPT_ENCODING);
    const load = context.load(pushes);
    const checkLoad = (channel: Channel) => refuseWhenBusy(reply, channel, load);
    pushes += 1;
    try {
      const named = namedChannel(request);
      if (named) checkLoad(named);
      return await push(context, await auth.authenticate(request), request, checkLoad);
    } catch (error) {
      if (!(error instanceof ButikError) || error.code !== 'HUB_BUSY') throw error;
      // Answered here and not logged: a line for each would be more load.
      reply.status(503).type(PROBLEM_MEDIA_TYPE).serializer(JSON.stringify);
      return toProblem(error, request.id);
    } finally {
      pushes -= 1;
    }
  });

  app.get('/sync/v1/cursors', { config: { permission: 'node' } }, async (request, reply) => {
    reply.header('accept-encoding', ACCEPT_ENCODING);
    const node = await auth.authenticate(request);
    const { nodeId, epoch } = node;
    const rows = await context.sql.rows<{ channel: string; acknowledged: string; hash: string }>(template`
      SELECT channel, acknowledged::text, hash FROM intake.cursors WHERE node = ${nodeId} AND epoch = ${epoch}`);
    const cursors = rows.map(({ channel, acknowledged, hash }) => [
      channel,
      { acknowledged: Number(acknowledged), hash },
    ]);
    const reoffer = await openReoffers(context.sql, node);
    return cursorsResponseSchema.parse({
      node: nodeId,
      epoch,
      cursors: Object.fromEntries(cursors),
      hubTimeMs: clock.now(),
      ...(reoffer.length > 0 && { reoffer }),
    });
  });

  app.post('/sync/v1/kept', { config: { permission: 'node' } }, async (request) => {
    const node = await auth.authenticate(request);
    const kept = parseJson(request.body, keptRequestSchema);
    const gap = await noteKept(context.sql, node, kept, new Date(clock.now()));
    if (gap) context.logger.error({ ...node, channel: kept.channel, gap }, 'a box no longer has these facts');
    return { hubTimeMs: clock.now() };
  });
}

/** How far the box's clock is from the hub's, by what the box says of it; null when it says nothing that can be read. */
export function clockSkew({ headers }: Pick<FastifyRequest, 'headers'>, nowMs: number): number | null {
  const told = headers[CLOCK_HEADER];
  if (typeof told !== 'string' || !/^\d{1,15}$/.test(told)) return null;
  return Number(told) - nowMs;
}

function parseJson<Schema extends z.ZodType>(body: unknown, schema: Schema): z.infer<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '');
  } catch (cause) {
    throw new ButikError('REQUEST_INVALID', {
      details: { fields: [{ path: 'body', message: 'not JSON' }] },
      cause,
    });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => ({
    path: ['body', ...issue.path].join('.'),
    message: issue.message,
  }));
  throw new ButikError('REQUEST_INVALID', { details: { fields } });
}
