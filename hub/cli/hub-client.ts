import { existsSync, readFileSync } from 'node:fs';
import { ButikError } from '@butik/proto/errors/butik-error';
import { fromProblem } from '@butik/proto/errors/problem';
import { operatorTokenFile } from '../src/config/operator-token.ts';

/** Where the hub is and who asks: from flags, else the environment, else a hub on this machine. */
export interface HubAddress {
  hub: string;
  token: string;
}

export function hubAddress(flags: { hub?: string; hubData?: string }, env: NodeJS.ProcessEnv): HubAddress {
  const hub = flags.hub ?? env.BUTIK_HUB_URL ?? 'http://127.0.0.1:4100';
  const file = operatorTokenFile(flags.hubData ?? env.BUTIK_HUB_DATA ?? '.butik/hub');
  const token =
    env.BUTIK_OPERATOR_TOKEN ?? (existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined);
  if (!token) {
    throw new ButikError('UNAUTHENTICATED', {
      message: `No operator token: set BUTIK_OPERATOR_TOKEN, or run this where the hub keeps its own (${file}).`,
    });
  }
  return { hub: hub.replace(/\/$/, ''), token };
}

/** One request to the hub's API; throws the hub's own error, or SERVICE_UNAVAILABLE when it does not answer. */
export async function callHub<T>(
  { hub, token }: HubAddress,
  method: string,
  path: string,
  body?: RequestInit['body'],
  headers: Record<string, string> = {},
): Promise<T> {
  const request: RequestInit & { duplex?: 'half' } = {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(body !== undefined && { body, duplex: 'half' }),
  };
  const response = await fetch(`${hub}${path}`, request).catch((cause: unknown) => {
    throw new ButikError('SERVICE_UNAVAILABLE', { message: `The hub at ${hub} does not answer.`, cause });
  });
  const answer: unknown = response.status === 204 ? undefined : await response.json().catch(() => undefined);
  if (!response.ok) throw fromProblem(response.status, answer);
  return answer as T;
}

export function callHubWithJson<T>(
  address: HubAddress,
  method: string,
  path: string,
  body: unknown,
): Promise<T> {
  return callHub(address, method, path, JSON.stringify(body), { 'content-type': 'application/json' });
}
