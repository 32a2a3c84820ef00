import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InventoryServiceDefinition } from '@butik/proto/gen/butik/inventory/v1/inventory';
import { PaymentServiceDefinition } from '@butik/proto/gen/butik/payment/v1/payment';
import type { HubAddress } from '../../hub/cli/hub-client.ts';
import {
  type SwishSimulator,
  startSwishSimulator,
} from '../../hub/src/services/payment/gateways/swish/simulator/start-swish-simulator.ts';
import { type CuttableLink, openCuttableLink } from '../../hub/src/testing/cuttable-link.ts';
import { type ManagedProcess, manageProcess } from '../../scripts/managed-process.ts';
import { freePort } from '../network/free-port.ts';
import { type EngineAddresses, type HubEngines, makeHubEngines } from './engines.ts';
import { type HoldingProxy, openHoldingProxy } from './holding-proxy.ts';
import { type HoldingService, openHoldingService } from './holding-service.ts';

const HUB_SCRIPT = join(import.meta.dirname, '../../hub/cli/butik-hub.ts');
/** Known to these processes alone: they listen on the loopback address and die with the run. */
const OPERATOR_TOKEN = 'test-key-of-services-on-loopback-only';
/** Long enough for a test to see that a process drains. */
const DRAIN_MS = 3_000;

/** The processes and the services that each of them runs. */
const PARTS = {
  catalogue: ['product', 'shop'],
  inventory: ['inventory'],
  order: ['order'],
  payment: ['payment'],
  notification: ['notification'],
  sync: ['sync'],
} as const;
export type PartName = keyof typeof PARTS;
const PART_NAMES = Object.keys(PARTS) as PartName[];

/** A hub whose services are processes of their own, on real engines, with a bank and with lines that can be held. */
export interface Apart {
  engines: HubEngines;
  bank: SwishSimulator;
  parts: Record<PartName, { address: HubAddress; process: ManagedProcess }>;
  /** What stands between the order process and inventory, payment and its documents, and so on. */
  between: {
    orderAndInventory: HoldingService;
    orderAndPayment: HoldingService;
    orderAndDocuments: HoldingProxy;
    inventoryAndDocuments: HoldingProxy;
    paymentAndBank: HoldingProxy;
    allAndBroker: CuttableLink;
  };
  /** Kills every process and removes what they have made; what is already away does no harm. */
  close(): Promise<void>;
}

export async function startApart(addresses: EngineAddresses): Promise<Apart> {
  const folder = mkdtempSync(join(tmpdir(), 'butik-apart-'));
  const closers: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  async function closeAll() {
    const results: PromiseSettledResult<void>[] = [];
    for (const close of closers.splice(0).reverse()) results.push(...(await Promise.allSettled([close()])));
    const failed = results.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  }
  const opened: Opened = async (opening) => {
    const one = await opening;
    closers.push(() => one.close());
    return one;
  };

  try {
    const engines = await makeHubEngines(addresses);
    closers.push(() => engines.remove());
    const bank = await opened(startSwishSimulator());
    const ports = await choosePorts();
    const between = await openBetween(addresses, { bank, ports, opened });
    const parts = Object.fromEntries(
      PART_NAMES.map((name) => {
        const settings = settingsOf(name, { engines, between, ports });
        return [name, planPart(name, folder, ports[name], settings)];
      }),
    ) as Apart['parts'];
    closers.push(async () => void (await Promise.all(Object.values(parts).map((one) => one.process.kill()))));
    await Promise.all(Object.values(parts).map((one) => one.process.start()));
    return { engines, bank, parts, between, close: closeAll };
  } catch (error) {
    await closeAll().catch(() => undefined);
    throw error;
  }
}

type Opened = <T extends { close(): Promise<void> }>(opening: Promise<T>) => Promise<T>;

async function openBetween(
  { dynamodb, rabbitmq }: EngineAddresses,
  { bank, ports, opened }: { bank: SwishSimulator; ports: Ports; opened: Opened },
): Promise<Apart['between']> {
  const broker = new URL(rabbitmq);
  return {
    orderAndInventory: await opened(
      openHoldingService(InventoryServiceDefinition, grpcAddress(ports, 'inventory')),
    ),
    orderAndPayment: await opened(
      openHoldingService(PaymentServiceDefinition, grpcAddress(ports, 'payment')),
    ),
    orderAndDocuments: await opened(openHoldingProxy(dynamodb)),
    inventoryAndDocuments: await opened(openHoldingProxy(dynamodb)),
    paymentAndBank: await opened(openHoldingProxy(bank.url)),
    allAndBroker: await opened(
      openCuttableLink({ host: broker.hostname, port: Number(broker.port || 5672) }),
    ),
  };
}

/** Each process finds the others, the bank and the broker through what stands between. */
function settingsOf(
  name: PartName,
  { engines, between, ports }: { engines: HubEngines; between: Apart['between']; ports: Ports },
): Record<string, string> {
  const broker = new URL(engines.addresses.rabbitmq);
  broker.hostname = between.allAndBroker.host;
  broker.port = String(between.allAndBroker.port);
  const addresses = {
    product: grpcAddress(ports, 'catalogue'),
    shop: grpcAddress(ports, 'catalogue'),
    inventory: name === 'order' ? between.orderAndInventory.address : grpcAddress(ports, 'inventory'),
    payment: name === 'order' ? between.orderAndPayment.address : grpcAddress(ports, 'payment'),
    order: grpcAddress(ports, 'order'),
  };
  return {
    ...engines.settings,
    BUTIK_AMQP_URL: broker.href,
    BUTIK_OPERATOR_TOKEN: OPERATOR_TOKEN,
    BUTIK_SWISH_URL: between.paymentAndBank.url,
    BUTIK_SERVICE_ADDRESSES: Object.entries(addresses)
      .map(([service, at]) => `${service}=${at}`)
      .join(','),
    ...(name === 'inventory' && { BUTIK_DYNAMODB_ENDPOINT: between.inventoryAndDocuments.url }),
    ...(name === 'order' && {
      BUTIK_DYNAMODB_ENDPOINT: between.orderAndDocuments.url,
      BUTIK_DRAIN_MS: String(DRAIN_MS),
    }),
  };
}

function grpcAddress(ports: Ports, name: PartName): string {
  return `127.0.0.1:${ports[name].grpc}`;
}

type Ports = Record<PartName, { http: number; grpc: number }>;

async function choosePorts(): Promise<Ports> {
  const ports: Partial<Ports> = {};
  for (const name of PART_NAMES) {
    ports[name] = { http: await freePort(), grpc: await freePort() };
  }
  return ports as Ports;
}

function planPart(name: PartName, folder: string, ports: Ports[PartName], env: Record<string, string>) {
  const url = `http://127.0.0.1:${ports.http}`;
  const flags = {
    services: PARTS[name].join(','),
    data: join(folder, name),
    port: String(ports.http),
    'grpc-port': String(ports.grpc),
    'log-level': process.env.BUTIK_LOG_LEVEL ?? 'fatal',
  };
  const args = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
  return {
    address: { hub: url, token: OPERATOR_TOKEN },
    process: manageProcess({
      name: `${name} process`,
      args: [HUB_SCRIPT, 'serve', ...args],
      env,
      readyUrl: `${url}/healthz`,
    }),
  };
}
