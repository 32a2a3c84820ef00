import { setTimeout as wait } from 'node:timers/promises';
import { STORE_FILE } from '../../edge/src/store/store.ts';
import type { HubAddress } from '../../hub/cli/hub-client.ts';
import { quiesce } from '../replay/quiesce.ts';
import { checkHub } from './check-hub.ts';
import { checkStore } from './check-store.ts';
import type { CrashRun } from './crash-run.ts';
import { addFindings } from './findings.ts';
import { copyDatabase } from './open-copy.ts';
import { checkAnswers } from './play-cycle.ts';

const STALLED_AFTER_MS = 60_000;
const POLL_MS = 100;

/** What is left over when everything has come to rest: 0 of each in a good run. */
export interface Left {
  unsent: number;
  pending: number;
  quarantined: number;
  /** Events in the hub's outboxes. */
  unpublished: number;
}

/** Starts the shops of the run one after the other, lets each send all it has, and checks shop and hub to the last sale. */
export async function settle(run: CrashRun): Promise<Left> {
  await run.hubIsBack;
  const left: Left = { unsent: 0, pending: 0, quarantined: 0, unpublished: 0 };
  for (const shop of run.shops) {
    shop.link.heal();
    if (!shop.process.running) await shop.process.start();
    await checkAnswers(run, shop, [...shop.ledger.acknowledged.keys()]);
    const rest = await quiesce({ hub: run.hub, shops: [shop], close: () => Promise.resolve() });
    left.unsent += rest.unsent;
    left.pending = rest.pending;
    left.quarantined = rest.quarantined;
    addFindings(run.found, await checkHub(run.hub.address, shop));
    await shop.process.stop();
    const copy = copyDatabase(shop.dataFolder, STORE_FILE);
    addFindings(
      run.found,
      copy.read((db) => checkStore(db, shop)),
    );
  }
  left.unpublished = await waitForRelays(run.hub.address);
  return left;
}

/** Waits until the hub has published its events, or none went out for a minute; returns how many are left. */
async function waitForRelays({ hub, token }: HubAddress): Promise<number> {
  let lowest = Number.POSITIVE_INFINITY;
  let lowestAt = performance.now();
  for (;;) {
    const response = await fetch(`${hub}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    const counts = [...(await response.text()).matchAll(/^butik_outbox_events\{.*\} (\d+)$/gm)];
    if (counts.length === 0) throw new Error('The hub does not say what its outboxes hold.');
    const events = counts.reduce((sum, [, count]) => sum + Number(count), 0);
    if (events < lowest) [lowest, lowestAt] = [events, performance.now()];
    if (events === 0 || performance.now() - lowestAt > STALLED_AFTER_MS) return events;
    await wait(POLL_MS);
  }
}
