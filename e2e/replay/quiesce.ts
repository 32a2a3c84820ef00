import { setTimeout as wait } from 'node:timers/promises';
import { callHub } from '../../hub/cli/hub-client.ts';
import type { Network } from '../network/start-network.ts';
import { askShop } from './shop-client.ts';

const STALLED_AFTER_MS = 120_000;
const POLL_MS = 100;

/** What is left to be taken in once everything has come to rest, or nothing has moved for two minutes. */
export interface Quiescence {
  unsent: number;
  pending: number;
  quarantined: number;
  drainSeconds: number;
}

/** Heals the lines and waits until the shops have sent and the hub has applied everything. */
export async function quiesce(network: Network): Promise<Quiescence> {
  for (const shop of network.shops) shop.link.heal();
  const startedAt = performance.now();
  const hasStalled = watchForStall(STALLED_AFTER_MS);
  for (;;) {
    const left = await whatIsLeft(network);
    const elapsedMs = performance.now() - startedAt;
    const isQuiet = left.unsent === 0 && left.pending === 0;
    if (isQuiet || hasStalled(left, elapsedMs)) return { ...left, drainSeconds: elapsedMs / 1000 };
    await wait(POLL_MS);
  }
}

/**
 * Says whether less and less is left: true once `limitMs` have passed without a new low. A fact that
 * has been sent and waits to be applied is half done, so handing facts over counts as progress.
 */
export function watchForStall(limitMs: number) {
  let lowest = Number.POSITIVE_INFINITY;
  let lowestAtMs = 0;
  return (left: { unsent: number; pending: number }, nowMs: number): boolean => {
    const work = 2 * left.unsent + left.pending;
    if (work < lowest) {
      lowest = work;
      lowestAtMs = nowMs;
    }
    return nowMs - lowestAtMs >= limitMs;
  };
}

async function whatIsLeft(network: Network): Promise<Omit<Quiescence, 'drainSeconds'>> {
  const statuses = await Promise.all(
    network.shops.map((shop) =>
      askShop<{ unsent: { facts: number } }>(`${shop.url}/v1/sync`, { method: 'GET' }),
    ),
  );
  const { items } = await callHub<{ items: { pending: number; quarantined: number }[] }>(
    network.hub.address,
    'GET',
    '/v1/sync/shops',
  );
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  return {
    unsent: sum(statuses.map((status) => status.unsent.facts)),
    pending: sum(items.map((item) => item.pending)),
    quarantined: sum(items.map((item) => item.quarantined)),
  };
}
