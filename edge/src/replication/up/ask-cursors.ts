import type { ButikError } from '@butik/proto/errors/butik-error';
import {
  type ContentEncoding,
  type CursorsResponse,
  cursorsResponseSchema,
} from '@butik/proto/facts/sync-wire';
import type { Identity } from '../../provisioning/identity.ts';
import type { HubClient } from '../hub-client.ts';
import { encodingFor } from './compress-batch.ts';
import { type Refusal, readAnswer } from './read-answer.ts';

const ASK_TIMEOUT_MS = 30_000;

export type CursorsOutcome =
  | { kind: 'told'; response: CursorsResponse; encoding: ContentEncoding }
  | { kind: 'failed'; answer: Refusal; error: ButikError };

/** Asks what the hub holds of this box and what it wants again. Throws when it does not answer as a hub does. */
export async function askCursors(
  hub: HubClient,
  { hubUrl }: Pick<Identity, 'hubUrl'>,
  signal: AbortSignal,
): Promise<CursorsOutcome> {
  const response = await hub.fetch(`${hubUrl}/sync/v1/cursors`, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_TIMEOUT_MS)]),
  });
  const answer = await readAnswer(response);
  if (!answer.ok) return { kind: 'failed', answer: answer.answer, error: answer.error };
  const told = cursorsResponseSchema.parse(answer.body);
  return { kind: 'told', response: told, encoding: encodingFor(response) };
}
