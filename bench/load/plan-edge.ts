import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../e2e/network/free-port.ts';
import { enrol } from '../../edge/src/provisioning/enrol.ts';
import { IDENTITY_FILE } from '../../edge/src/provisioning/load-identity.ts';
import { callHub, callHubWithJson, type HubAddress } from '../../hub/cli/hub-client.ts';
import { type ManagedProcess, manageProcess } from '../../scripts/managed-process.ts';

const EDGE_SCRIPT = join(import.meta.dirname, '../../edge/src/cli/butik-edge.ts');

export interface PlannedEdge {
  url: string;
  process: ManagedProcess;
}

/** Makes `dataFolder` the box of a new shop, which takes `hubUrl` for the hub's address. */
export async function enrolBox(hub: HubAddress, hubUrl: string, dataFolder: string): Promise<void> {
  const { shopId } = await callHubWithJson<{ shopId: string }>(hub, 'POST', '/v1/shops', { name: 'Bench' });
  const { token } = await callHub<{ token: string }>(hub, 'POST', `/v1/shops/${shopId}/enrolment-tokens`);
  await enrol({ hubUrl, token, dataFolder });
}

/** The same box with an empty store. */
export function copyIdentity(from: string, dataFolder: string): void {
  mkdirSync(dataFolder);
  copyFileSync(join(from, IDENTITY_FILE), join(dataFolder, IDENTITY_FILE));
}

/** The process of a box, not started yet. */
export async function planEdge(dataFolder: string): Promise<PlannedEdge> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = [EDGE_SCRIPT, 'run', '--data', dataFolder, '--port', String(port), '--log-level', 'error'];
  return { url, process: manageProcess({ name: 'shop', args, readyUrl: `${url}/v1/health` }) };
}
