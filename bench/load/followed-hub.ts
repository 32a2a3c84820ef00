import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { enrol } from '../../edge/src/provisioning/enrol.ts';
import { callHub, callHubWithJson, type HubAddress } from '../../hub/cli/hub-client.ts';
import { makeHubStore } from './hub-store.ts';
import { type HubUnderLoad, planHub } from './hub-under-load.ts';

/** A hub with one product and enrolled boxes of as many shops. */
export interface FollowedHub {
  hub: HubUnderLoad;
  engine: string;
  productId: string;
  /** The boxes' data folders. */
  boxes: string[];
  /** Sets the product's price for the whole chain. */
  setPrice(amountMinor: number): Promise<void>;
  remove(): Promise<void>;
}

export async function makeFollowedHub(shops: number): Promise<FollowedHub> {
  const folder = mkdtempSync(join(tmpdir(), 'butik-bench-'));
  const store = await makeHubStore(join(folder, 'hub'));
  const hub = await planHub(store.folder, { ...store.settings, BUTIK_TRUST_PROXY: 'true' });
  const remove = async () => {
    await hub.process.kill();
    await store.remove();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await hub.process.start();
    const productId = uuidv7();
    await callHubWithJson(hub.address, 'POST', '/v1/products', {
      productId,
      code: 'BENCH-1',
      name: 'Kaffe',
      vatCategory: 'food',
      basePrice: { amountMinor: 1, currency: 'SEK' },
    });
    const boxes = Array.from({ length: shops }, (_, index) => join(folder, `box-${index}`));
    for (const [index, box] of boxes.entries()) await enrolShop(hub.address, box, index);
    const setPrice = async (amountMinor: number) => {
      const price = { amountMinor, currency: 'SEK' };
      await callHubWithJson(hub.address, 'PUT', `/v1/products/${productId}/prices`, price);
    };
    return { hub, engine: store.engine, productId, boxes, setPrice, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Each shop enrols from an address of its own, as in life: the hub lets few do so from one. */
async function enrolShop(hub: HubAddress, dataFolder: string, index: number): Promise<void> {
  const { shopId } = await callHubWithJson<{ shopId: string }>(hub, 'POST', '/v1/shops', {
    name: `Bench ${index}`,
  });
  const { token } = await callHub<{ token: string }>(hub, 'POST', `/v1/shops/${shopId}/enrolment-tokens`);
  await enrol({
    hubUrl: hub.hub,
    token,
    dataFolder,
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('x-forwarded-for', `10.0.${index >> 8}.${index & 255}`);
      return fetch(input, { ...init, headers });
    },
  });
}
