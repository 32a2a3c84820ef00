import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { importCatalogue } from '../../hub/cli/commands/catalogue.ts';
import { type Gate, openGate } from './gate.ts';
import { type HubStore, makeHubStore } from './hub-store.ts';
import { planHub } from './hub-under-load.ts';
import { enrolBox, planEdge } from './plan-edge.ts';
import { runScript } from './run-script.ts';
import { readSync, syncReaches } from './sync-reaches.ts';
import { type Applied, watchApplying } from './watch-applying.ts';

const SAMPLE = join(import.meta.dirname, '../../hub/sample/catalogue.csv');
const SALES_SCRIPT = join(import.meta.dirname, 'make-sales.ts');

/** A hub and a shop as they are after the shop has sold without a line; neither runs. */
export interface OfflineShop {
  engine: HubStore['engine'];
  hub: HubStore;
  /** Data folder of the shop. */
  box: string;
  gate: Gate;
  sales: number;
  /** What waits in the outbox. */
  facts: number;
  close(): Promise<void>;
}

/** The shop gets the sample catalogue from its hub, and then sells with the line cut. */
export async function prepareOfflineShop(
  folder: string,
  sales: number,
  say: (line: string) => void,
): Promise<OfflineShop> {
  const gate = await openGate();
  const store = await makeHubStore(join(folder, 'hub'));
  const hub = await planHub(store.folder, store.settings);
  const box = join(folder, 'box');
  const close = async () => {
    await gate.close();
    await hub.process.kill();
    await store.remove();
  };
  try {
    await hub.process.start();
    await importCatalogue(hub.address, SAMPLE, {}, () => undefined);
    gate.open(portOf(hub.address.hub));
    await enrolBox(hub.address, gate.url, box);
    const edge = await planEdge(box);
    try {
      await edge.process.start();
      await syncReaches(edge.url, ({ down }) => down.upToDate);
    } finally {
      gate.hold();
      await edge.process.stop();
    }
    await hub.process.stop();
    const made = await runScript<{ seconds: number; facts: number }>(
      SALES_SCRIPT,
      [box, String(sales)],
      folder,
    );
    say(
      `  ${sales} sales offline in ${made.seconds.toFixed(0)} s, ${made.facts} facts; hub on ${store.engine}`,
    );
    return { engine: store.engine, hub: store, box, gate, sales, facts: made.facts, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Opens the line between copies of both, in `folder`; seconds from then on until the outbox is acknowledged. */
export async function drainShop(
  shop: OfflineShop,
  folder: string,
  alsoApplies: boolean,
): Promise<{ seconds: number; applied?: Applied }> {
  const { gate, facts } = shop;
  cpSync(shop.box, join(folder, 'box'), { recursive: true });
  const store = await shop.hub.copy(join(folder, 'hub'));
  const hub = await planHub(store.folder, store.settings);
  const edge = await planEdge(join(folder, 'box'));
  try {
    await hub.process.start();
    await edge.process.start();
    const { unsent } = await readSync(edge.url);
    if (unsent.facts !== facts) throw new Error(`${unsent.facts} facts are unsent instead of ${facts}`);
    const startedAt = performance.now();
    gate.open(portOf(hub.address.hub));
    await syncReaches(edge.url, (answer) => answer.unsent.facts === 0);
    const seconds = (performance.now() - startedAt) / 1000;
    return alsoApplies ? { seconds, applied: await watchApplying(hub.address) } : { seconds };
  } finally {
    gate.hold();
    await edge.process.kill();
    await hub.process.kill();
    await store.remove();
  }
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
