// `npm start`: a hub and one shop on this machine, with the sample catalogue. Everything is kept in
// .butik (or BUTIK_HOME), so the next start goes on where this one ended.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { enrol } from '../edge/src/provisioning/enrol.ts';
import { importCatalogue } from '../hub/cli/commands/catalogue.ts';
import { callHub, callHubWithJson, hubAddress } from '../hub/cli/hub-client.ts';
import { buildTill } from './build-till.ts';
import { type ManagedProcess, manageProcess } from './managed-process.ts';

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

const hub = manageProcess({
  name: 'hub',
  args: [
    join(root, 'hub/cli/butik-hub.ts'),
    'serve',
    '--data',
    hubData,
    '--port',
    hubPort,
    '--log-level',
    'error',
  ],
  readyUrl: `${hubUrl}/healthz`,
  detached: true,
  onEnd: () =>
    console.log(
      '\nThe hub has stopped. The shop goes on selling. h + Enter starts the hub again (so does "npm run hub").',
    ),
});
const shop = manageProcess({
  name: 'shop',
  args: [
    join(root, 'edge/src/cli/butik-edge.ts'),
    'run',
    '--data',
    shopData,
    '--port',
    shopPort,
    '--log-level',
    'error',
  ],
  readyUrl: `${shopUrl}/v1/health`,
  detached: true,
  onEnd: () => console.log('\nThe shop has stopped. s + Enter starts it again.'),
});

// From here on, so that nothing that was started outlives this process, also when it ends half way.
let ending = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(0));

try {
  await startUp();
} catch (error) {
  // What broke off because the end was asked for is no news.
  if (!ending) {
    console.error(
      `${(error as Error).message}\nOther ports can be set with BUTIK_HUB_PORT and BUTIK_PORT; the data is in ${home} (BUTIK_HOME).`,
    );
    await end(1);
  }
}

async function startUp(): Promise<void> {
  await buildTill(root);
  mkdirSync(home, { recursive: true });
  await hub.start();
  if (!existsSync(join(shopData, 'identity.json'))) await openFirstShop();
  if (ending) return;
  await shop.start();
  tellAddresses();
  listenToKeys();
}

async function end(exitCode: number): Promise<void> {
  if (ending) return;
  ending = true;
  await Promise.all([shop.stop(), hub.stop()]);
  process.exit(exitCode);
}

/** Head office's first morning: a shop, its box, and something to sell. */
async function openFirstShop(): Promise<void> {
  const address = hubAddress({ hub: hubUrl, hubData }, process.env);
  console.log('Importing the sample catalogue …');
  const done = await importCatalogue(address, join(root, 'hub/sample/catalogue.csv'), {}, () => undefined);
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
  const keys: Record<string, () => Promise<void>> = {
    h: () => toggle(hub, 'hub'),
    s: () => toggle(shop, 'shop'),
    q: () => end(0),
  };
  createInterface({ input: process.stdin }).on('line', (line) => {
    keys[line.trim().toLowerCase()]?.().catch((error: unknown) => console.error(String(error)));
  });
}

async function toggle(service: ManagedProcess, name: string): Promise<void> {
  if (service.running) {
    await service.stop();
    console.log(`The ${name} is off.`);
  } else {
    await service.start();
    console.log(`The ${name} is on.`);
  }
}
