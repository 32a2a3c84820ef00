import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EngineAddresses, makeHubEngines } from '../../e2e/apart/engines.ts';
import { freePort } from '../../e2e/network/free-port.ts';
import { manageProcess } from '../../scripts/managed-process.ts';
import type { BareEngines } from './bare-orders.ts';
import { type Goods, type HubUnderLoad, planHub, stockGoods } from './hub-under-load.ts';
import type { OrderWrites } from './order-writes.ts';

const BARE_SCRIPT = join(import.meta.dirname, 'bare-orders.ts');

/** A hub, and beside it a bare handler on the same engines, each with tables of its own. */
export interface OrderPeers {
  hub: HubUnderLoad;
  bareUrl: string;
  close(): Promise<void>;
}

/** Without addresses both stand on the embedded engines. */
export async function startPeers(
  folder: string,
  given: { goods: Goods; writes: OrderWrites; bankUrl: string; addresses?: EngineAddresses },
): Promise<OrderPeers> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const one of closers.splice(0).reverse()) await one();
  };
  const hubOn = async (name: string) => {
    const engines = given.addresses && (await makeHubEngines(given.addresses));
    if (engines) closers.push(() => engines.remove());
    const settings = { ...engines?.settings, BUTIK_SWISH_URL: given.bankUrl };
    const hub = await planHub(join(folder, name), settings);
    closers.push(() => hub.process.kill());
    await hub.process.start();
    await stockGoods(hub.address, given.goods);
    return { hub, engines };
  };

  try {
    const { hub } = await hubOn('hub');
    // The other one has made its tables and goes: nobody is to publish or to sweep what the bare handler writes.
    const other = await hubOn('bare');
    await other.hub.process.stop();
    const settings = other.engines?.settings;
    const bareEngines: BareEngines = settings
      ? {
          databaseUrl: settings.BUTIK_DATABASE_URL!,
          dynamodb: settings.BUTIK_DYNAMODB_ENDPOINT!,
          region: settings.BUTIK_DYNAMODB_REGION!,
          tablePrefix: `${settings.BUTIK_PREFIX}-`,
        }
      : { folder: join(folder, 'bare') };
    const bare = await planBare(folder, given.writes, bareEngines);
    closers.push(() => bare.process.kill());
    await bare.process.start();
    return { hub, bareUrl: bare.url, close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

async function planBare(folder: string, writes: OrderWrites, engines: BareEngines) {
  const files = { writes: join(folder, 'writes.json'), engines: join(folder, 'engines.json') };
  writeFileSync(files.writes, JSON.stringify(writes));
  writeFileSync(files.engines, JSON.stringify(engines));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    process: manageProcess({
      name: 'bare handler',
      args: [BARE_SCRIPT, files.writes, files.engines, String(port)],
      readyUrl: `${url}/healthz`,
    }),
  };
}
