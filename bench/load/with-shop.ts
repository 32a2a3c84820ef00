import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NetworkShop, startNetwork } from '../../e2e/network/start-network.ts';
import { catalogueArrives } from '../../e2e/replay/prepare.ts';
import { importCatalogue } from '../../hub/cli/commands/catalogue.ts';

const SAMPLE = join(import.meta.dirname, '../../hub/sample/catalogue.csv');

/** Runs `measure` on one real shop process that has the sample catalogue and no hub to talk to. */
export async function withShop<T>(measure: (shop: NetworkShop) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'butik-bench-'));
  const network = await startNetwork(folder, [
    { name: 'Bench', currency: 'SEK', country: 'SE', timeZone: 'Europe/Stockholm' },
  ]);
  try {
    await importCatalogue(network.hub.address, SAMPLE, {}, () => undefined);
    await catalogueArrives(network);
    const shop = network.shops[0] as NetworkShop;
    shop.link.cut();
    await network.hub.process.stop();
    return await measure(shop);
  } finally {
    await network.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
