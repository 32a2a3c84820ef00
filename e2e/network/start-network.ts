import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { enrol } from '../../edge/src/provisioning/enrol.ts';
import { callHub, callHubWithJson, type HubAddress } from '../../hub/cli/hub-client.ts';
import { type CuttableLink, openLink } from './cuttable-link.ts';
import { freePort } from './free-port.ts';
import { type ManagedProcess, manageProcess } from './managed-process.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const HUB_SCRIPT = join(root, 'hub/cli/butik-hub.ts');
const EDGE_SCRIPT = join(root, 'edge/src/cli/butik-edge.ts');
/** Known to this network alone: its hub listens on the loopback address and dies with the run. */
const OPERATOR_TOKEN = 'test-key-of-a-network-on-loopback-only';

export interface NetworkShop {
  shopId: string;
  name: string;
  url: string;
  dataFolder: string;
  link: CuttableLink;
  process: ManagedProcess;
}

/** One hub and its shops, each a process of its own, with a line between them that can be cut. */
export interface Network {
  hub: { address: HubAddress; process: ManagedProcess };
  shops: NetworkShop[];
  close(): Promise<void>;
}

export interface ShopPlan {
  name: string;
  currency: string;
  country: string;
  timeZone: string;
}

export async function startNetwork(folder: string, plans: readonly ShopPlan[]): Promise<Network> {
  mkdirSync(folder, { recursive: true });
  const hub = await startHubProcess(folder);
  const shops: NetworkShop[] = [];
  const network: Network = {
    hub,
    shops,
    async close() {
      await Promise.all(shops.map((shop) => shop.process.stop()));
      await hub.process.stop();
      await Promise.all(shops.map((shop) => shop.link.close()));
    },
  };
  try {
    for (const [index, plan] of plans.entries())
      shops.push(await startShop(folder, hub.address, plan, index));
  } catch (error) {
    await network.close();
    throw error;
  }
  return network;
}

async function startHubProcess(folder: string): Promise<Network['hub']> {
  const port = await freePort();
  const address = { hub: `http://127.0.0.1:${port}`, token: OPERATOR_TOKEN };
  const managed = manageProcess({
    name: 'hub',
    args: [HUB_SCRIPT, 'serve', '--data', join(folder, 'hub'), '--port', String(port), '--log-level', 'warn'],
    env: { BUTIK_OPERATOR_TOKEN: OPERATOR_TOKEN },
    readyUrl: `${address.hub}/healthz`,
    logFile: join(folder, 'hub.log'),
  });
  await managed.start();
  return { address, process: managed };
}

async function startShop(
  folder: string,
  hub: HubAddress,
  plan: ShopPlan,
  index: number,
): Promise<NetworkShop> {
  const { shopId } = await callHubWithJson<{ shopId: string }>(hub, 'POST', '/v1/shops', {
    ...plan,
    fiscalMode: 'exempt-unmanned',
  });
  const { token } = await callHub<{ token: string }>(hub, 'POST', `/v1/shops/${shopId}/enrolment-tokens`);
  const target = new URL(hub.hub);
  const link = await openLink({ host: target.hostname, port: Number(target.port) });
  const name = `shop-${index + 1}`;
  const dataFolder = join(folder, name);
  mkdirSync(dataFolder, { recursive: true });
  await enrol({ hubUrl: link.url, token, dataFolder });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const managed = manageProcess({
    name,
    args: [EDGE_SCRIPT, 'run', '--data', dataFolder, '--port', String(port), '--log-level', 'warn'],
    readyUrl: `${url}/v1/health`,
    logFile: join(folder, `${name}.log`),
  });
  await managed.start();
  return { shopId, name, url, dataFolder, link, process: managed };
}
