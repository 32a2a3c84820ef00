import { ButikError } from '@butik/proto/errors/butik-error';
import { CHANNELS, type Channel } from '@butik/proto/facts/define-fact';
import { CHANNEL_HEADER, CLOCK_HEADER, type PushResponse } from '@butik/proto/facts/sync-wire';
import { admit } from '@butik/sync/admission';
import { HLC_START, parseHlc, receive } from '@butik/sync/hlc';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptPush } from './accept-push.ts';
import type { NodeIdentity } from './node-auth.ts';
import type { NodeRoutesContext } from './node-routes.ts';
import { readBatch } from './read-batch.ts';
import { openReoffers } from './reoffers.ts';

/** Refuses a batch that a hub under load does not take now: HUB_BUSY, with `retry-after`. */
export function refuseWhenBusy(reply: FastifyReply, channel: Channel, load: number): void {
  const admission = admit(channel, load);
  if (admission.admitted) return;
  reply.header('retry-after', admission.retryAfterS);
  throw new ButikError('HUB_BUSY', { details: { channel, load: Math.round(load * 100) / 100 } });
}

/** The channel that the box says the batch is of; undefined from a box that does not say. */
export function namedChannel({ headers }: FastifyRequest): Channel | undefined {
  return CHANNELS.find((channel) => channel === headers[CHANNEL_HEADER]);
}

/** Takes a batch in. Throws what `readBatch` and `acceptPush` throw, HUB_BUSY, and NODE_FORKED after fencing the box. */
export async function push(
  context: NodeRoutesContext,
  node: NodeIdentity,
  request: FastifyRequest,
  checkLoad: (channel: Channel) => void,
): Promise<PushResponse> {
  const { sql, clock, boxes, onFacts } = context;
  const body = request.body;
  if (!Buffer.isBuffer(body)) throw new ButikError('BATCH_MALFORMED', { details: { reason: 'no body' } });
  const batch = await readBatch(body, request.headers['content-encoding']);
  checkLoad(batch.channel);
  const now = clock.now();
  const clockAheadMs = aheadOf(batch.facts.at(-1)!.hlc, now);
  // A box of old does not say how late it is; its facts show at least when its clock is ahead.
  if (clockAheadMs > 0 && request.headers[CLOCK_HEADER] === undefined) boxes.note(node, clockAheadMs);
  const received = { at: new Date(now), clockAheadMs, bytes: body.length };
  const { decision, acknowledged } = await acceptPush(sql, node, batch, received);
  if (decision.kind === 'fork') return fence(context, node, batch.channel, decision.seq);
  if (decision.kind === 'append') onFacts(decision.facts.length);
  const reoffer = await openReoffers(sql, node);
  return {
    channel: batch.channel,
    acknowledged,
    hubTimeMs: clock.now(),
    ...(reoffer.length > 0 && { reoffer }),
  };
}

async function fence(
  { clients, logger, auth }: NodeRoutesContext,
  { nodeId, epoch }: NodeIdentity,
  channel: Channel,
  seq: number,
): Promise<never> {
  const reason = `two different facts under ${channel}/${seq}`;
  logger.error({ nodeId, epoch, channel, seq }, 'a box forked and is fenced');
  await clients.shop.fenceNode({ nodeId, epoch, reason }, { caller: 'service:intake' });
  auth.forget(nodeId, epoch);
  throw new ButikError('NODE_FORKED', { details: { channel, seq } });
}

/** How far the box's clock is ahead when that is more than the bound; a wrong clock is reported, never adopted. */
function aheadOf(hlc: string, nowMs: number): number {
  const remote = parseHlc(hlc);
  if (!remote) throw new ButikError('BATCH_MALFORMED', { details: { reason: `hlc ${hlc.slice(0, 50)}` } });
  const received = receive(HLC_START, remote, nowMs);
  return received.kind === 'ahead' ? received.aheadMs : 0;
}
