// `npm start`: a hub and one shop on this machine, with the sample catalogue. Everything is kept in
// .butik (or BUTIK_HOME), so the next start goes on where this one ended.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { enrol } from '../edge/src/provisioning/enrol.ts';
import { importCatalogue } from '../hub/cli/commands/catalogue.ts';
import { callHub, callHubWithJson, hubAddress } from '../hub/cli/hub-client.ts';
import { buildTill } from './build-till.ts';
import { type RunningService, runService } from './run-service.ts';

const root = join(import.meta.dirname, '..');
const home = process.env.BUTIK_HOME ?? join(root, '.butik');
const hubPort = process.env.BUTIK_HUB_PORT ?? '4100';
const shopPort = process.env.BUTIK_PORT ?? '4101';
const hubUrl = `http://127.0.0.1:${hubPort}`;
const shopUrl = `http://127.0.0.1:${shopPort}`;
const hubData = join(home, 'hub');
const shopData = join(home, 'shop');

const DEMO_SHOP = {
  name: 'Butiken i Byn',
  currency: 'SEK',
  country: 'SE',
  timeZone: 'Europe/Stockholm',
  fiscalMode: 'exempt-unmanned',
  orgNumber: '556000-0000',
};

await buildTill(root);
mkdirSync(home, { recursive: true });
const hub = runService({
  name: 'hub',
  args: [
    join(root, 'hub/cli/butik-hub.ts'),
    'serve',
    '--data',
    hubData,
    '--port',
    hubPort,
    '--log-level',
    'warn',
  ],
  readyUrl: `${hubUrl}/healthz`,
  onEnd: () =>
    console.log(
      '\nThe hub has stopped. The shop goes on selling. h + Enter starts the hub again (so does "npm run hub").',
    ),
});
await hub.start();
if (!existsSync(join(shopData, 'identity.json'))) await openFirstShop();
const shop = runService({
  name: 'shop',
  args: [
    join(root, 'edge/src/cli/butik-edge.ts'),
    'run',
    '--data',
    shopData,
    '--port',
    shopPort,
    '--log-level',
    'warn',
  ],
  readyUrl: `${shopUrl}/v1/health`,
  onEnd: () => console.log('\nThe shop has stopped. s + Enter starts it again.'),
});
await shop.start();
tellAddresses();
listenToKeys();

/** Head office's first morning: a shop, its box, and something to sell. */
async function openFirstShop(): Promise<void> {
  const address = hubAddress({ hub: hubUrl, hubData }, process.env);
  console.log('Importing the sample catalogue …');
  const done = await importCatalogue(address, join(root, 'hub/sample/catalogue.csv'), false, () => undefined);
  console.log(`  ${done.created} products created, ${done.unchanged} unchanged, ${done.rejected} rejected`);
  const { items } = await callHub<{ items: { shopId: string }[] }>(address, 'GET', '/v1/shops');
  const { shopId } =
    items[0] ?? (await callHubWithJson<{ shopId: string }>(address, 'POST', '/v1/shops', DEMO_SHOP));
  const { token } = await callHub<{ token: string }>(address, 'POST', `/v1/shops/${shopId}/enrolment-tokens`);
  mkdirSync(shopData, { recursive: true });
  await enrol({ hubUrl, token, dataFolder: shopData });
}

function tellAddresses(): void {
  console.log(`
Butik is running.
  Till of the shop   ${shopUrl}/
  Shop's API         ${shopUrl}/docs
  Hub's API          ${hubUrl}/docs   (token: ${join(hubData, 'operator-token')})

Pull the plug: h + Enter stops the hub. Sell at the till. h + Enter starts the hub again,
and the sale arrives: npm run butik -- sync status.
  h  hub on/off    s  shop on/off    q  quit`);
}

function listenToKeys(): void {
  let ending = false;
  const quit = async () => {
    if (ending) return;
    ending = true;
    await Promise.all([shop.stop(), hub.stop()]);
    process.exit(0);
  };
  process.on('SIGINT', quit);
  process.on('SIGTERM', quit);
  process.on('SIGHUP', quit);
  const keys: Record<string, () => Promise<void>> = {
    h: () => toggle(hub, 'hub'),
    s: () => toggle(shop, 'shop'),
    q: quit,
  };
  createInterface({ input: process.stdin }).on('line', (line) => {
    keys[line.trim().toLowerCase()]?.().catch((error: unknown) => console.error(String(error)));
  });
}

async function toggle(service: RunningService, name: string): Promise<void> {
  if (service.running) {
    await service.stop();
    console.log(`The ${name} is off.`);
  } else {
    await service.start();
    console.log(`The ${name} is on.`);
  }
}
