import { setTimeout as wait } from 'node:timers/promises';
import type { SyncStatus } from '../../edge/src/replication/sync-status.ts';
import { askShop } from '../replay/shop-client.ts';
import type { CrashRun } from './crash-run.ts';
import type { CrashShop } from './open-shop.ts';

const PATIENCE_MS = 1_000;
const GIVE_UP_AFTER_MS = 60_000;
const POLL_MS = 20;

/** Waits until the hub is back and has all that the shop has. A box that has backed off is killed: it asks at its start. */
export async function waitForLine(run: CrashRun): Promise<void> {
  await run.hubIsBack;
  const shop = run.shops.at(-1) as CrashShop;
  if (await isInStep(shop, PATIENCE_MS)) return;
  await shop.process.kill();
  run.kills.edge += 1;
  await shop.process.start();
  if (!(await isInStep(shop, GIVE_UP_AFTER_MS))) {
    throw new Error(`${shop.name} does not reach the hub, which is back`);
  }
}

async function isInStep({ url }: CrashShop, patienceMs: number): Promise<boolean> {
  const giveUp = performance.now() + patienceMs;
  do {
    const status = await askShop<SyncStatus>(`${url}/v1/sync`, { method: 'GET' });
    // Connected may be said of what comes down; that nothing waits says that pushes go up again.
    if (status.hub === 'connected' && status.unsent.facts === 0) return true;
    await wait(POLL_MS);
  } while (performance.now() < giveUp);
  return false;
}
