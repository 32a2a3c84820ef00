import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { enrol } from '../../edge/src/provisioning/enrol.ts';
import { callHub, callHubWithJson, type HubAddress } from '../../hub/cli/hub-client.ts';
import { type ManagedProcess, manageProcess } from '../../scripts/managed-process.ts';
import { type CuttableLink, openLink } from './cuttable-link.ts';
import { freePort } from './free-port.ts';

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
  /** Ends every process; a second call waits for the first. SIGINT and SIGTERM close the network too. */
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
  const links: CuttableLink[] = [];
  const hub = await planHub(folder);
  const shops: NetworkShop[] = [];
  const network: Network = { hub, shops, close: () => (closed ??= closeAll()) };
  let closed: Promise<void> | undefined;

  async function closeAll() {
    await Promise.all(shops.map((shop) => shop.process.stop()));
    await hub.process.stop();
    await Promise.all(links.map((link) => link.close()));
    stopListening();
  }
  const stopListening = onSignal(() => network.close());

  try {
    await hub.process.start();
    for (const [index, plan] of plans.entries()) {
      const link = await openLink(hub.target);
      links.push(link);
      // Listed before it is started: whatever goes wrong from here on, closing ends it.
      const shop = await planShop(folder, hub.address, link, plan, index);
      shops.push(shop);
      await shop.process.start();
    }
  } catch (error) {
    await network.close();
    throw error;
  }
  return network;
}

/** Does `first` when this process is told to end, and then lets the signal have its way. Returns how to undo it. */
function onSignal(first: () => Promise<void>): () => void {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const handle = (signal: NodeJS.Signals) => {
    void first().finally(() => process.kill(process.pid, signal));
  };
  for (const signal of signals) process.once(signal, handle);
  return () => {
    for (const signal of signals) process.off(signal, handle);
  };
}

async function planHub(folder: string) {
  const target = { host: '127.0.0.1', port: await freePort() };
  const address = { hub: `http://${target.host}:${target.port}`, token: OPERATOR_TOKEN };
  const managed = manageProcess({
    name: 'hub',
    args: [
      HUB_SCRIPT,
      'serve',
      '--data',
      join(folder, 'hub'),
      '--port',
      String(target.port),
      '--log-level',
      'warn',
    ],
    env: { BUTIK_OPERATOR_TOKEN: OPERATOR_TOKEN },
    readyUrl: `${address.hub}/healthz`,
    logFile: join(folder, 'hub.log'),
  });
  return { target, address, process: managed };
}

/** A shop that the hub knows and whose box is enrolled; its process is still to be started. */
async function planShop(
  folder: string,
  hub: HubAddress,
  link: CuttableLink,
  plan: ShopPlan,
  index: number,
): Promise<NetworkShop> {
  const { shopId } = await callHubWithJson<{ shopId: string }>(hub, 'POST', '/v1/shops', {
    ...plan,
    fiscalMode: 'exempt-unmanned',
  });
  const { token } = await callHub<{ token: string }>(hub, 'POST', `/v1/shops/${shopId}/enrolment-tokens`);
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
  return { shopId, name, url, dataFolder, link, process: managed };
}
