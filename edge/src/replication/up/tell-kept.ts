import type { ButikError } from '@butik/proto/errors/butik-error';
import type { KeptRequest } from '@butik/proto/facts/sync-wire';
import type { Identity } from '../../provisioning/identity.ts';
import type { HubClient } from '../hub-client.ts';
import { type Refusal, readAnswer } from './read-answer.ts';

const TELL_TIMEOUT_MS = 30_000;

/** Tells the hub what the box no longer has. Null when the hub took note; throws when it cannot be reached. */
export async function tellKept(
  hub: HubClient,
  { hubUrl }: Pick<Identity, 'hubUrl'>,
  kept: KeptRequest,
  signal: AbortSignal,
): Promise<{ answer: Refusal; error: ButikError } | null> {
  const response = await hub.fetch(`${hubUrl}/sync/v1/kept`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: new Uint8Array(Buffer.from(JSON.stringify(kept))),
    signal: AbortSignal.any([signal, AbortSignal.timeout(TELL_TIMEOUT_MS)]),
  });
  const answer = await readAnswer(response);
  return answer.ok ? null : answer;
}
