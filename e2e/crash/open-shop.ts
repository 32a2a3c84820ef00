import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { enrol } from '../../edge/src/provisioning/enrol.ts';
import { loadIdentity } from '../../edge/src/provisioning/load-identity.ts';
import { callHub, callHubWithJson, type HubAddress } from '../../hub/cli/hub-client.ts';
import { manageProcess } from '../../scripts/managed-process.ts';
import { freePort } from '../network/free-port.ts';
import type { NetworkShop } from '../network/start-network.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { openWatchedLink, type WatchedLink } from './watched-link.ts';

const EDGE_SCRIPT = fileURLToPath(new URL('../../edge/src/cli/butik-edge.ts', import.meta.url));

/** A shop of the run with what its clients know. */
export interface CrashShop extends NetworkShop {
  link: WatchedLink;
  nodeId: string;
  epoch: number;
  ledger: Ledger;
  /** Where each channel stood at the last check: it never goes back. */
  cursors: Map<string, { lastSeq: number; acknowledged: number }>;
}

/** A shop that the hub knows and whose box is enrolled; its process is still to be started. */
export async function openShop(folder: string, hub: HubAddress, index: number): Promise<CrashShop> {
  const name = `shop-${index}`;
  const { shopId } = await callHubWithJson<{ shopId: string }>(hub, 'POST', '/v1/shops', {
    name,
    currency: 'SEK',
    country: 'SE',
    timeZone: 'Europe/Stockholm',
    fiscalMode: 'exempt-unmanned',
  });
  const { token } = await callHub<{ token: string }>(hub, 'POST', `/v1/shops/${shopId}/enrolment-tokens`);
  const { hostname: host, port: hubPort } = new URL(hub.hub);
  const link = await openWatchedLink({ host, port: Number(hubPort) });
  const dataFolder = join(folder, name);
  mkdirSync(dataFolder, { recursive: true });
  await enrol({ hubUrl: link.url, token, dataFolder });
  const { nodeId, epoch } = await loadIdentity(dataFolder);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const process = manageProcess({
    name,
    args: [EDGE_SCRIPT, 'run', '--data', dataFolder, '--port', String(port), '--log-level', 'warn'],
    readyUrl: `${url}/v1/health`,
    logFile: join(folder, `${name}.log`),
  });
  return {
    shopId,
    name,
    url,
    dataFolder,
    link,
    process,
    nodeId,
    epoch,
    ledger: createLedger(),
    cursors: new Map(),
  };
}
