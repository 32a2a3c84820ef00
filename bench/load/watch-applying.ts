import { setTimeout as wait } from 'node:timers/promises';
import { callHub, type HubAddress } from '../../hub/cli/hub-client.ts';

/** How fast a hub applies what it holds. */
export interface Applied {
  /** Facts. */
  perSecond: number;
  /** What waited when the shop had sent everything, and what still waits. */
  pendingAtFirst: number;
  pending: number;
  quarantined: number;
}

const POLL_MS = 2_000;
/** A long backlog shows its pace well before its end. */
const WATCH_MS = 60_000;

/** Watches until all is applied, or for a minute. */
export async function watchApplying(hub: HubAddress): Promise<Applied> {
  const first = await lagOf(hub);
  const startedAt = performance.now();
  for (;;) {
    const now = await lagOf(hub);
    const elapsedMs = performance.now() - startedAt;
    if (now.pending === 0 || elapsedMs > WATCH_MS) {
      const perSecond = ((first.pending - now.pending) * 1000) / elapsedMs;
      return { perSecond, pendingAtFirst: first.pending, ...now };
    }
    await wait(POLL_MS);
  }
}

async function lagOf(hub: HubAddress): Promise<{ pending: number; quarantined: number }> {
  const { items } = await callHub<{ items: { pending: number; quarantined: number }[] }>(
    hub,
    'GET',
    '/v1/sync/shops',
  );
  return {
    pending: items.reduce((sum, each) => sum + each.pending, 0),
    quarantined: items.reduce((sum, each) => sum + each.quarantined, 0),
  };
}
