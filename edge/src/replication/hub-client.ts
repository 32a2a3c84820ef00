import { createHash, createPrivateKey } from 'node:crypto';
import type { ButikError } from '@butik/proto/errors/butik-error';
import { fromProblem } from '@butik/proto/errors/problem';
import { CLOCK_HEADER, NODE_TOKEN_AUDIENCE } from '@butik/proto/facts/sync-wire';
import { SignJWT } from 'jose';
import type { Ports } from '../ports.ts';
import type { Identity } from '../provisioning/identity.ts';
import type { HubHealth } from './hub-health.ts';

/** Speaks with the hub as this box: signs, keeps to the hub's time, and notes how the hub is. */
export interface HubClient {
  /**
   * As `fetch`, signed. An answer that says our time is wrong teaches us the hub's and is asked again
   * once. Only bytes can be sent as a body: they are what is signed.
   */
  fetch(
    url: string,
    init?: Omit<RequestInit, 'body'> & { body?: Uint8Array<ArrayBuffer> },
  ): Promise<Response>;
  learnTime(hubTimeMs: number): void;
  /** The hub's time, epoch milliseconds; null before it was learned. */
  hubTime(): number | null;
}

export function createHubClient(context: {
  identity: Identity;
  ports: Ports;
  health: HubHealth;
  fetch: typeof fetch;
}): HubClient {
  const { identity, ports, health } = context;
  const key = createPrivateKey({ key: identity.privateKey, format: 'jwk' });
  let hubAheadMs = 0;
  let hasLearned = false;

  function learnTime(hubTimeMs: number): void {
    hasLearned = true;
    hubAheadMs = hubTimeMs - ports.clock.now();
  }

  async function sign(body: Uint8Array | undefined): Promise<string> {
    const bodySha256 = body && createHash('sha256').update(body).digest('hex');
    return new SignJWT({ epoch: identity.epoch, ...(bodySha256 && { bodySha256 }) })
      .setProtectedHeader({ alg: 'EdDSA', kid: `${identity.nodeId}.${identity.epoch}` })
      .setIssuer(identity.nodeId)
      .setAudience(NODE_TOKEN_AUDIENCE)
      .setIssuedAt(Math.floor((ports.clock.now() + hubAheadMs) / 1000))
      .setJti(ports.newId())
      .sign(key);
  }

  async function send(
    url: string,
    init: RequestInit & { body?: Uint8Array<ArrayBuffer> },
  ): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${await sign(init.body)}`);
    headers.set(CLOCK_HEADER, String(ports.clock.now()));
    try {
      return await context.fetch(url, { ...init, headers });
    } catch (error) {
      if (!init.signal?.aborted) health.unreachable(error);
      throw error;
    }
  }

  return {
    learnTime,
    hubTime: () => (hasLearned ? ports.clock.now() + hubAheadMs : null),
    async fetch(url, init = {}) {
      const response = await send(url, init);
      const refusal = await readRefusal(response);
      const hubTimeMs = refusal?.code === 'NODE_TOKEN_STALE' ? refusal.details.hubTimeMs : undefined;
      if (typeof hubTimeMs !== 'number') {
        note(health, response, refusal);
        return response;
      }
      learnTime(hubTimeMs);
      const again = await send(url, init);
      note(health, again, await readRefusal(again));
      return again;
    },
  };
}

/** What an answer other than success, a moved shape (409) or a repeated wait says. The body stays readable. */
async function readRefusal(response: Response): Promise<ButikError | null> {
  if (response.ok || response.status === 304 || response.status === 409) return null;
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  return fromProblem(response.status, body);
}

function note(health: HubHealth, response: Response, refusal: ButikError | null): void {
  if (!refusal) health.connected();
  else if (refusal.code === 'HUB_BUSY') health.busy(refusal);
  else if (refusal.kind === 'denied' || refusal.kind === 'unauthenticated') health.refused(refusal);
  else if (response.status >= 500 || response.status === 429) health.unreachable(refusal);
  else health.failed(refusal);
}
