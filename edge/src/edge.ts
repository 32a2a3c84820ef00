import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { HttpServer } from '@butik/proto/http/create-http-server';
import { logOptions } from '@butik/proto/telemetry/log-options';
import type { Tracing } from '@butik/proto/telemetry/start-tracing';
import { type Logger, pino } from 'pino';
import { createApi } from './api/create-api.ts';
import { TILL_FOLDER } from './api/serve-till.ts';
import type { EdgeConfig } from './config.ts';
import { newId } from './new-id.ts';
import type { Ports } from './ports.ts';
import { loadIdentity } from './provisioning/load-identity.ts';
import { createFactWriter } from './replication/outbox/append-fact.ts';
import { type Replication, startReplication } from './replication/start-replication.ts';
import { sha256 } from './sha256.ts';
import { createShop } from './shop.ts';
import { bindStore } from './store/bind-store.ts';
import { migrations } from './store/migrations.ts';
import { openStore } from './store/open-store.ts';
import { STORE_FILE, type Store } from './store/store.ts';
import { VERSION } from './version.ts';

export interface Edge {
  url: string;
  store: Store;
  replication: Replication;
  /** Answers what has begun, then lets go of port, hub and store. */
  close(): Promise<void>;
}

export interface Surroundings extends Ports {
  fetch: typeof fetch;
  logger: Logger;
  /** Where the till app is built. */
  tillFolder: string;
  /** The disk failed in a way that only a restart mends. */
  onStoreFailed(error: Error): void;
}

/**
 * Starts an enrolled shop: its store, its replication and its API. It sells whether or not the hub can be
 * reached. Throws NOT_ENROLLED, STORE_… (STORE_FOREIGN for another box's store), and SERVICE_UNAVAILABLE when the port is taken.
 */
export async function startEdge(config: EdgeConfig, overrides: Partial<Surroundings> = {}): Promise<Edge> {
  const logger =
    overrides.logger ?? pino(logOptions({ level: config.logLevel, name: 'edge' }), pino.destination(2));
  const ports: Ports = {
    clock: overrides.clock ?? { now: () => Date.now() },
    newId: overrides.newId ?? newId,
  };
  const identity = await loadIdentity(config.dataFolder);
  mkdirSync(config.dataFolder, { recursive: true });
  const store = openStore({
    file: join(config.dataFolder, STORE_FILE),
    migrations,
    logger,
    ...(overrides.onStoreFailed && { onFailed: overrides.onStoreFailed }),
  });
  let tracing: Tracing | undefined;
  let replication: Replication | undefined;
  let api: HttpServer | undefined;

  async function close(): Promise<void> {
    await api?.close();
    await replication?.close();
    await store.close();
    await tracing?.close();
  }

  try {
    tracing = await traceWhereAsked(config, logger);
    bindStore(store.db, identity);
    const facts = createFactWriter({ identity, ports, store, sha256 });
    const shop = createShop({ store, facts, ports, identity, till: config.till });
    const started = startReplication({
      store,
      identity,
      ports,
      logger,
      keepFactsDays: config.keepFactsDays,
      ...(overrides.fetch && { fetch: overrides.fetch }),
    });
    replication = started;
    api = await createApi({
      shop,
      syncStatus: started.status,
      tillFolder: overrides.tillFolder ?? TILL_FOLDER,
      logger,
    });
    const url = await listen(api, config);
    logger.info({ url, shopId: identity.shop.shopId, epoch: identity.epoch }, 'shop open');
    return { url, store, replication: started, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Loaded only where it is asked for: a box has little memory. */
async function traceWhereAsked(
  { otlpUrl, traceRatio: ratio }: EdgeConfig,
  logger: Logger,
): Promise<Tracing | undefined> {
  if (otlpUrl === undefined) return undefined;
  const { startTracing } = await import('@butik/proto/telemetry/start-tracing');
  return startTracing({ serviceName: 'butik-edge', version: VERSION, otlpUrl, ratio, logger });
}

async function listen(api: HttpServer, { host, port }: EdgeConfig): Promise<string> {
  try {
    await api.listen({ host, port });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new ButikError('SERVICE_UNAVAILABLE', {
      message: `Something else listens on ${host}:${port}.`,
      details: { part: `port ${port}` },
      cause,
    });
  }
  const address = api.server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${name}:${address.port}`;
}
