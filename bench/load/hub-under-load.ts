import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { freePort } from '../../e2e/network/free-port.ts';
import { callHubWithJson, type HubAddress } from '../../hub/cli/hub-client.ts';
import { type ManagedProcess, manageProcess } from '../../scripts/managed-process.ts';

const HUB_SCRIPT = join(import.meta.dirname, '../../hub/cli/butik-hub.ts');
/** Known to this run alone: the hub listens on the loopback address and dies with it. */
const OPERATOR_TOKEN = 'test-key-of-a-benchmark-on-loopback-only';
/** More than any run orders. */
const RIGHTS = 1_000_000;
const PRICE = 1_590;

export interface HubUnderLoad {
  address: HubAddress;
  process: ManagedProcess;
}

/** A hub in one process, not started yet; without settings it stands on the embedded engines in `folder`. */
export async function planHub(folder: string, settings: Record<string, string>): Promise<HubUnderLoad> {
  const port = await freePort();
  const address = { hub: `http://127.0.0.1:${port}`, token: OPERATOR_TOKEN };
  const args = [HUB_SCRIPT, 'serve', '--data', folder, '--port', String(port), '--log-level', 'error'];
  // A busy machine makes it slower, and nothing is refused for that.
  const unhurried = { BUTIK_MAX_EVENT_LOOP_DELAY_MS: '0' };
  const env = { ...settings, ...unhurried, BUTIK_OPERATOR_TOKEN: OPERATOR_TOKEN };
  return {
    address,
    process: manageProcess({ name: 'hub', args, env, readyUrl: `${address.hub}/healthz` }),
  };
}

/** What every order orders. */
export interface Goods {
  shopId: string;
  productId: string;
}

export async function stockGoods(hub: HubAddress, goods: Goods): Promise<void> {
  const { shopId, productId } = goods;
  await callHubWithJson(hub, 'POST', '/v1/shops', { shopId, name: 'Bench' });
  await callHubWithJson(hub, 'POST', '/v1/products', {
    productId,
    code: 'BENCH-1',
    name: 'Kaffe',
    vatCategory: 'food',
    basePrice: { amountMinor: PRICE, currency: 'SEK' },
  });
  const path = `/v1/inventory/${shopId}/${productId}/online-rights`;
  await callHubWithJson(hub, 'POST', path, { grantId: uuidv7(), quantity: RIGHTS });
}

export function orderOf({ shopId, productId }: Goods): string {
  return JSON.stringify({
    shopId,
    items: [{ productId, quantity: 1 }],
    payment: { method: 'swish', payer: '46701234567' },
    contact: { email: 'bench@example.com', language: 'sv' },
  });
}
