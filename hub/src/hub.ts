import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createHttpServer } from '@butik/proto/http/create-http-server';
import rateLimit from '@fastify/rate-limit';
import type { FastifyPluginAsync } from 'fastify';
import { type Logger, pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { type HubConfig, operatorToken } from './config.ts';
import { gatekeeper } from './feed/gatekeeper.ts';
import { openFeed } from './feed/open-feed.ts';
import { feedSubscription } from './feed/project-events.ts';
import { ensureFeedTables } from './feed/tables.ts';
import { openIntake } from './intake/open-intake.ts';
import { keepDeadLetter, migrateDeadLetters } from './kernel/bus/dead-letters.ts';
import { openInProcessBus } from './kernel/bus/in-process/open-in-process-bus.ts';
import { type Clock, systemClock } from './kernel/clock.ts';
import { openEmbeddedDocuments } from './kernel/documents/embedded/open-embedded-documents.ts';
import { assertRoutesDeclarePermission } from './kernel/http/assert-routes-declare-permission.ts';
import { operatorAuth } from './kernel/http/operator-auth.ts';
import { migrateInbox } from './kernel/outbox/sql-inbox.ts';
import type { Kernel, ServiceInstance } from './kernel/service.ts';
import { openPgliteSql } from './kernel/sql/pglite/open-pglite-sql.ts';
import { lazyClients } from './lazy-clients.ts';
import { SERVICES } from './services/registry.ts';

export interface Hub {
  url: string;
  /** Resolves when everything that shops have sent and services have published is taken in. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export interface HubOverrides {
  clock?: Clock;
  newId?: () => string;
  logger?: Logger;
}

/** Builds a hub process with all its services by hand and starts it. */
export async function startHub(config: HubConfig, overrides: HubOverrides = {}): Promise<Hub> {
  const logger = overrides.logger ?? pino({ level: config.logLevel, name: 'hub' });
  mkdirSync(config.dataFolder, { recursive: true });
  const sql = await openPgliteSql({ directory: join(config.dataFolder, 'sql'), logger });
  const documents = await openEmbeddedDocuments({ directory: join(config.dataFolder, 'documents'), logger });
  await migrateInbox(sql);
  await migrateDeadLetters(sql);
  await ensureFeedTables(sql);
  // Relays publish from their first moment; nothing is delivered before everybody listens.
  const everybodyListens = Promise.withResolvers<void>();
  const bus = openInProcessBus({
    logger,
    onDeadLetter: (letter) => keepDeadLetter(sql, letter),
    ready: everybodyListens.promise,
  });
  const kernel: Kernel = {
    documents,
    sql,
    bus,
    clock: overrides.clock ?? systemClock,
    newId: overrides.newId ?? uuidv7,
    logger,
    dataFolder: config.dataFolder,
  };

  const clients = lazyClients(logger);
  const services: ServiceInstance[] = [];
  for (const service of SERVICES) {
    const instance = await service.start(kernel, clients.clients);
    if (instance.rpc) clients.attach(service.name, instance.rpc);
    for (const subscription of instance.subscriptions) await bus.subscribe(subscription);
    services.push(instance);
  }
  await bus.subscribe(feedSubscription(sql));
  everybodyListens.resolve();
  const intake = await openIntake({ sql, clients: clients.clients, clock: kernel.clock, logger });
  const feed = await openFeed({ sql, logger, electricUrl: config.electricUrl });

  const app = await createHttpServer({ logger, title: 'Butik hub', version: '1' });
  assertRoutesDeclarePermission(app);
  const auth = operatorAuth({
    tokens: [{ token: operatorToken(config), name: 'operator', permissions: 'all' }],
  });
  app.addHook('onRequest', auth);
  await app.register(rateLimit, { global: false });
  app.get('/healthz', { config: { permission: 'public' } }, async () => ({ status: 'ok' }));
  await app.register(intake.routes);
  await app.register(
    gatekeeper({
      ...(config.electricUrl ? { electricUrl: config.electricUrl } : { shapes: feed.shapes }),
      authenticate: intake.authenticateNode,
    }),
  );
  for (const { routes } of services) {
    await app.register(routes, { prefix: '/v1' });
    await app.register(hidden(routes));
  }
  const url = await app.listen({ host: config.host, port: config.port });
  logger.info({ url }, 'hub listens');

  return {
    url,
    async idle() {
      await intake.idle();
      for (const service of services) await service.idle();
    },
    async close() {
      await app.close();
      await intake.close();
      await feed.close();
      for (const service of services) await service.close();
      await bus.close();
      await documents.close();
      await sql.close();
    },
  };
}

/** The bare paths of the service definitions answer too, but the API's description shows one of each. */
function hidden(routes: FastifyPluginAsync): FastifyPluginAsync {
  return async (app) => {
    app.addHook('onRoute', (route) => {
      route.schema = { ...route.schema, hide: true };
    });
    await app.register(routes);
  };
}
