import { ButikError } from '@butik/proto/errors/butik-error';
import type { Channel } from '@butik/proto/facts/define-fact';
import {
  CHANNEL_HEADER,
  type ContentEncoding,
  type PushRequest,
  type PushResponse,
  pushResponseSchema,
} from '@butik/proto/facts/sync-wire';
import type { Identity } from '../../provisioning/identity.ts';
import type { HubClient } from '../hub-client.ts';
import { compressBatch, encodingFor } from './compress-batch.ts';
import { type Refusal, readAnswer } from './read-answer.ts';
import type { OutboxRow } from './read-batch.ts';

const PUSH_TIMEOUT_MS = 30_000;

export type PushOutcome = { encoding: ContentEncoding } & (
  | { kind: 'acknowledged'; response: PushResponse }
  | { kind: 'failed'; answer: Refusal; error: ButikError }
);

/**
 * Sends one batch; says what became of it and which encoding is best for the next. Throws only when the
 * hub cannot be reached or does not answer as a hub does.
 */
export async function sendBatch(
  hub: HubClient,
  identity: Pick<Identity, 'nodeId' | 'epoch' | 'hubUrl'>,
  batch: { channel: Channel; facts: OutboxRow[]; encoding: ContentEncoding },
  signal: AbortSignal,
): Promise<PushOutcome> {
  const request: PushRequest = {
    node: identity.nodeId,
    epoch: identity.epoch,
    channel: batch.channel,
    facts: batch.facts.map(({ bytes: _, traceparent, ...fact }) =>
      traceparent === null ? fact : { ...fact, traceparent },
    ),
  };
  const body = await compressBatch(JSON.stringify(request), batch.encoding);
  const response = await hub.fetch(`${identity.hubUrl}/sync/v1/push`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'content-encoding': batch.encoding,
      [CHANNEL_HEADER]: batch.channel,
    },
    body: new Uint8Array(body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(PUSH_TIMEOUT_MS)]),
  });
  const answer = await readAnswer(response);
  // A hub that was replaced by an older one refuses what it cannot read: the next batch is gzip again.
  if (!answer.ok)
    return { kind: 'failed', answer: answer.answer, error: answer.error, encoding: encodingFor(response) };
  const parsed = pushResponseSchema.safeParse(answer.body);
  if (!parsed.success || parsed.data.channel !== batch.channel) {
    throw new ButikError('SERVICE_UNAVAILABLE', { message: 'The answer is not one of a hub.' });
  }
  return { kind: 'acknowledged', response: parsed.data, encoding: encodingFor(response) };
}
