/**
 * A process: follows the hub as many boxes do, each with its own identity, all collections and plain long polls. Tells
 * `ready` once all are up to date, and for each price when the shops heard of it (epoch milliseconds).
 */
import { setTimeout as wait } from 'node:timers/promises';
import { COLLECTIONS } from '@butik/proto/collections/registry';
import { v7 as uuidv7 } from 'uuid';
import { loadIdentity } from '../../edge/src/provisioning/load-identity.ts';
import { createHubClient, type HubClient } from '../../edge/src/replication/hub-client.ts';
import type { HubHealth } from '../../edge/src/replication/hub-health.ts';

interface Message {
  value?: { amount_minor?: string };
}

const RETRY_MS = 200;
const [hubUrl, ...folders] = process.argv.slice(2) as [string, ...string[]];
const ports = { clock: { now: Date.now }, newId: uuidv7 };
/** Nobody looks at it here: a follower asks again whatever the answer was. */
const health: HubHealth = {
  state: () => 'connected',
  lastError: () => null,
  connected: () => undefined,
  unreachable: () => undefined,
  refused: () => undefined,
  busy: () => undefined,
  failed: () => undefined,
};
const heard = new Map<string, number[]>();
let behind = folders.length * COLLECTIONS.length;

for (const folder of folders) {
  const identity = await loadIdentity(folder);
  const hub = createHubClient({ identity, ports, health, fetch });
  for (const { name } of COLLECTIONS) void follow(hub, name);
}
process.once('disconnect', () => process.exit());

async function follow(hub: HubClient, collection: string): Promise<never> {
  let place: Record<string, string> = { offset: '-1' };
  let live = false;
  for (;;) {
    const query = new URLSearchParams({ collection, ...place, ...(live && { live: 'true' }) });
    const response = await hub.fetch(`${hubUrl}/sync/v1/shape?${query}`).catch(() => null);
    const messages = response?.ok ? ((await response.json()) as Message[]) : null;
    if (!messages) {
      if (response?.status === 409) place = { offset: '-1' };
      await wait(RETRY_MS);
      continue;
    }
    place = {
      offset: response!.headers.get('electric-offset')!,
      handle: response!.headers.get('electric-handle')!,
    };
    if (live) for (const { value } of messages) if (value?.amount_minor) note(value.amount_minor);
    if (!live && response!.headers.has('electric-up-to-date')) {
      live = true;
      if (--behind === 0) process.send!({ ready: true });
    }
  }
}

function note(amount: string): void {
  const times = heard.get(amount) ?? [];
  heard.set(amount, times);
  times.push(performance.timeOrigin + performance.now());
  if (times.length === folders.length) process.send!({ amount: Number(amount), times });
}
