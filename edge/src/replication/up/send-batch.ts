import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { ButikError } from '@butik/proto/errors/butik-error';
import { fromProblem } from '@butik/proto/errors/problem';
import type { Channel } from '@butik/proto/facts/define-fact';
import { type PushRequest, type PushResponse, pushResponseSchema } from '@butik/proto/facts/sync-wire';
import type { Identity } from '../../provisioning/identity.ts';
import type { HubClient } from '../hub-client.ts';
import type { OutboxRow } from './read-batch.ts';

const PUSH_TIMEOUT_MS = 30_000;
const compress = promisify(gzip);

export type PushOutcome =
  | { kind: 'acknowledged'; response: PushResponse }
  | { kind: 'failed'; error: ButikError; retryAfterMs: number };

/** Sends one batch. Throws only when the hub cannot be reached or does not answer as a hub does. */
export async function sendBatch(
  hub: HubClient,
  identity: Pick<Identity, 'nodeId' | 'epoch' | 'hubUrl'>,
  batch: { channel: Channel; facts: OutboxRow[] },
  signal: AbortSignal,
): Promise<PushOutcome> {
  const request: PushRequest = {
    node: identity.nodeId,
    epoch: identity.epoch,
    channel: batch.channel,
    facts: batch.facts.map(({ bytes: _, ...fact }) => fact),
  };
  // Off the thread that sells; the fastest level, since the line saves most of it already.
  const body = await compress(JSON.stringify(request), { level: constants.Z_BEST_SPEED });
  const response = await hub.fetch(`${identity.hubUrl}/sync/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: new Uint8Array(body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(PUSH_TIMEOUT_MS)]),
  });
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return { kind: 'acknowledged', response: pushResponseSchema.parse(answer) };
  const retryAfterS = Number(response.headers.get('retry-after') ?? 0);
  return {
    kind: 'failed',
    error: fromProblem(response.status, answer),
    retryAfterMs: Number.isFinite(retryAfterS) ? Math.max(retryAfterS, 0) * 1000 : 0,
  };
}
