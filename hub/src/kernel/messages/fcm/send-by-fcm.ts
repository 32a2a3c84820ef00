import { z } from 'zod';
import type { Carrier } from '../carrier.ts';
import { type CarrierLimits, createHandOver } from '../hand-over.ts';
import { type Push, pushSchema } from '../messages.ts';
import { type AccessTokens, openAccessTokens } from './access-tokens.ts';
import { FcmRefusal, isTokenRefused, judgeFcmFailure } from './judge-fcm-failure.ts';
import { readServiceAccount } from './read-service-account.ts';

export interface FcmOptions extends CarrierLimits {
  /** The service account's JSON file, as Firebase gives it out. */
  credentialsFile: string;
  /** Another address than https://fcm.googleapis.com. */
  baseUrl?: string;
}

const takenSchema = z.object({ name: z.string() });

/** Push by Firebase Cloud Messaging (HTTP v1). Throws REQUEST_INVALID when the credentials cannot be read. */
export async function sendByFcm(options: FcmOptions): Promise<Carrier<Push>> {
  const { credentialsFile, baseUrl = 'https://fcm.googleapis.com', ...limits } = options;
  const account = await readServiceAccount(credentialsFile);
  const tokens = openAccessTokens(account);
  const address = `${baseUrl}/v1/projects/${encodeURIComponent(account.project_id)}/messages:send`;
  return {
    send: createHandOver({
      carrier: 'fcm',
      schema: pushSchema,
      ...limits,
      judge: judgeFcmFailure,
      secrets: () => [account.private_key, tokens.latest()],
      async send(push, signal) {
        try {
          return await post(address, tokens, push, signal);
        } catch (error) {
          if (isTokenRefused(error)) tokens.forget();
          throw error;
        }
      },
    }),
    // Connections are fetch's own, which ends idle ones by itself.
    async close() {
      tokens.forget();
    },
  };
}

async function post(address: string, tokens: AccessTokens, push: Push, signal: AbortSignal): Promise<string> {
  const { to, title, body: text, data } = push;
  const response = await fetch(address, {
    method: 'POST',
    headers: { authorization: `Bearer ${await tokens.current()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ message: { token: to, notification: { title, body: text }, data } }),
    redirect: 'error',
    signal,
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new FcmRefusal(response.status, answer);
  return takenSchema.parse(answer).name;
}
