import { ButikError } from '@butik/proto/errors/butik-error';
import {
  cursorsResponseSchema,
  enrolRequestSchema,
  enrolResponseSchema,
  MAX_BATCH_BYTES,
  type pushResponseSchema,
} from '@butik/proto/facts/sync-wire';
import { HLC_START, parseHlc, receive } from '@butik/sync/hlc';
import type { RateLimitOptions } from '@fastify/rate-limit';
import { sql as template } from 'drizzle-orm';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import type { ServiceClients } from '../kernel/service.ts';
import type { Sql } from '../kernel/sql/sql.ts';
import { acceptPush } from './accept-push.ts';
import type { NodeAuth, NodeIdentity } from './node-auth.ts';
import { readBatch } from './read-batch.ts';

export interface NodeRoutesContext {
  sql: Sql;
  clients: ServiceClients;
  clock: Clock;
  logger: Logger;
  auth: NodeAuth;
  /** Called after facts were journalled. */
  onFacts(journalled: number): void;
}

/** Pushes worked on at once; more are told to come back, which costs them nothing but time. */
const MAX_PUSHES = 32;
const BUSY_RETRY_S = 2;

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
    if (pushes >= MAX_PUSHES) {
      reply.header('retry-after', BUSY_RETRY_S);
      throw new ButikError('SERVICE_UNAVAILABLE', { details: { part: 'intake' } });
    }
    pushes += 1;
    try {
      const node = await auth.authenticate(request);
      if (!Buffer.isBuffer(request.body))
        throw new ButikError('BATCH_MALFORMED', { details: { reason: 'no body' } });
      return await push(context, node, request.body, request.headers['content-encoding']);
    } finally {
      pushes -= 1;
    }
  });

  app.get('/sync/v1/cursors', { config: { permission: 'node' } }, async (request) => {
    const { nodeId, epoch } = await auth.authenticate(request);
    const rows = await context.sql.rows<{ channel: string; acknowledged: string; hash: string }>(template`
      SELECT channel, acknowledged::text, hash FROM intake.cursors WHERE node = ${nodeId} AND epoch = ${epoch}`);
    const cursors = rows.map(({ channel, acknowledged, hash }) => [
      channel,
      { acknowledged: Number(acknowledged), hash },
    ]);
    return cursorsResponseSchema.parse({
      node: nodeId,
      epoch,
      cursors: Object.fromEntries(cursors),
      hubTimeMs: clock.now(),
    });
  });
}

async function push(
  { sql, clients, clock, logger, auth, onFacts }: NodeRoutesContext,
  node: NodeIdentity,
  body: Buffer,
  encoding: string | undefined,
): Promise<z.infer<typeof pushResponseSchema>> {
  const request = await readBatch(body, encoding);
  const now = clock.now();
  const clockAheadMs = aheadOf(request.facts.at(-1)!.hlc, now);
  if (clockAheadMs > 0) logger.warn({ ...node, clockAheadMs }, 'the clock of a box is ahead of the hub’s');
  const { decision, acknowledged } = await acceptPush(sql, node, request, {
    at: new Date(now),
    clockAheadMs,
  });
  if (decision.kind === 'fork') {
    const { nodeId, epoch } = node;
    const reason = `two different facts under ${request.channel}/${decision.seq}`;
    logger.error(
      { nodeId, epoch, channel: request.channel, seq: decision.seq },
      'a box forked and is fenced',
    );
    await clients.shop.fenceNode({ nodeId, epoch, reason }, { caller: 'service:intake' });
    auth.forget(nodeId, epoch);
    throw new ButikError('NODE_FORKED', { details: { channel: request.channel, seq: decision.seq } });
  }
  if (decision.kind === 'append') onFacts(decision.facts.length);
  return { channel: request.channel, acknowledged, hubTimeMs: clock.now() };
}

/** How far the box's clock is ahead when that is more than the bound; a wrong clock is reported, never adopted. */
function aheadOf(hlc: string, nowMs: number): number {
  const remote = parseHlc(hlc);
  if (!remote) throw new ButikError('BATCH_MALFORMED', { details: { reason: `hlc ${hlc.slice(0, 50)}` } });
  const received = receive(HLC_START, remote, nowMs);
  return received.kind === 'ahead' ? received.aheadMs : 0;
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
