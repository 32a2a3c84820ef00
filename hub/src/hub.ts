import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ButikError } from '@butik/proto/errors/butik-error';
import { createHttpServer, type HttpServer } from '@butik/proto/http/create-http-server';
import rateLimit from '@fastify/rate-limit';
import type { FastifyPluginAsync } from 'fastify';
import { type Logger, pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { createClosing } from './closing.ts';
import { type HubConfig, operatorToken } from './config.ts';
import { gatekeeper } from './feed/gatekeeper.ts';
import { openFeed } from './feed/open-feed.ts';
import { feedSubscription } from './feed/project-events.ts';
import { ensureFeedTables } from './feed/tables.ts';
import { openIntake } from './intake/open-intake.ts';
import { deadLetterRoutes } from './kernel/bus/dead-letter-routes.ts';
import { type DeadLetter, keepDeadLetter, migrateDeadLetters } from './kernel/bus/dead-letters.ts';
import { openInProcessBus } from './kernel/bus/in-process/open-in-process-bus.ts';
import { openRabbitmqBus } from './kernel/bus/rabbitmq/open-rabbitmq-bus.ts';
import { createRedelivery } from './kernel/bus/redeliver.ts';
import { type Clock, systemClock } from './kernel/clock.ts';
import { openEmbeddedDocuments } from './kernel/documents/embedded/open-embedded-documents.ts';
import { assertRoutesDeclarePermission } from './kernel/http/assert-routes-declare-permission.ts';
import { operatorAuth } from './kernel/http/operator-auth.ts';
import { migrateInbox } from './kernel/outbox/sql-inbox.ts';
import type { Kernel, ServiceInstance } from './kernel/service.ts';
import { openPgliteSql } from './kernel/sql/pglite/open-pglite-sql.ts';
import { openPostgresSql } from './kernel/sql/postgres/open-postgres-sql.ts';
import { lazyClients } from './lazy-clients.ts';
import { SERVICES } from './services/registry.ts';

export interface Hub {
  url: string;
  /** Resolves when everything that shops have sent and services have published is taken in. */
  idle(): Promise<void>;
  /** Goes through all steps even when one throws, and throws at the end. */
  close(): Promise<void>;
}

export interface HubOverrides {
  clock?: Clock;
  newId?: () => string;
  logger?: Logger;
}

/**
 * Builds a hub process with all its services by hand and starts it. What a start that fails has opened is
 * closed again. Throws STORE_LOCKED when another process has the folder, SERVICE_UNAVAILABLE when the port is taken.
 */
export async function startHub(config: HubConfig, overrides: HubOverrides = {}): Promise<Hub> {
  const logger = overrides.logger ?? pino({ level: config.logLevel, name: 'hub' }, pino.destination(2));
  const clock = overrides.clock ?? systemClock;
  // Relays publish from their first moment; nothing is delivered before everybody listens.
  const everybodyListens = Promise.withResolvers<void>();
  everybodyListens.promise.catch(() => undefined); // Who publishes hears of it; often nobody does.
  const closing = createClosing();

  try {
    mkdirSync(config.dataFolder, { recursive: true });
    const sql = config.databaseUrl
      ? await openPostgresSql({ url: config.databaseUrl, logger })
      : await openPgliteSql({ directory: join(config.dataFolder, 'sql'), logger });
    closing.add(() => sql.close());
    const documents = await openEmbeddedDocuments({
      directory: join(config.dataFolder, 'documents'),
      logger,
    });
    closing.add(() => documents.close());
    await migrateInbox(sql);
    await migrateDeadLetters(sql);
    await ensureFeedTables(sql);
    const busOptions = {
      logger,
      onDeadLetter: (letter: DeadLetter) => keepDeadLetter(sql, letter),
      ready: everybodyListens.promise,
    };
    const bus = config.amqpUrl
      ? await openRabbitmqBus({ ...busOptions, url: config.amqpUrl })
      : openInProcessBus(busOptions);
    const redelivery = createRedelivery({ sql, bus, logger });
    closing.add(() => redelivery.idle());
    closing.add(() => bus.close());
    const kernel: Kernel = {
      documents,
      sql,
      bus,
      clock,
      newId: overrides.newId ?? uuidv7,
      logger,
      dataFolder: config.dataFolder,
    };

    const clients = lazyClients(logger);
    const services: ServiceInstance[] = [];
    for (const service of SERVICES) {
      const instance = await service.start(kernel, clients.clients);
      closing.add(() => instance.close());
      if (instance.rpc) clients.attach(service.name, instance.rpc);
      for (const subscription of instance.subscriptions) await bus.subscribe(subscription);
      services.push(instance);
    }
    await bus.subscribe(feedSubscription(sql));
    // A broker delivers until its bus is closed: that comes before the services that take what it brings.
    closing.add(() => bus.close());
    everybodyListens.resolve();
    const intake = await openIntake({ sql, clients: clients.clients, clock, logger });
    closing.add(() => intake.close());
    const feed = await openFeed({ sql, logger, electricUrl: config.electricUrl, now: () => clock.now() });
    closing.add(() => feed.close());

    const app = await createHttpServer({ logger, title: 'Butik hub', version: '1' });
    closing.add(() => app.close());
    assertRoutesDeclarePermission(app);
    const operator = { token: operatorToken(config), name: 'operator', permissions: 'all' } as const;
    app.addHook('onRequest', operatorAuth({ tokens: [operator] }));
    await app.register(rateLimit, { global: false });
    app.get('/healthz', { config: { permission: 'public' } }, async () => ({ status: 'ok' }));
    await app.register(intake.routes);
    await app.register(deadLetterRoutes(sql, redelivery));
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
    const url = await listen(app, config);
    logger.info({ url }, 'hub listens');

    return {
      url,
      async idle() {
        await intake.idle();
        for (const service of services) await service.idle();
        await redelivery.idle();
      },
      close: () => closing.close(),
    };
  } catch (error) {
    // Relays that wait to publish keep their events for the next start.
    everybodyListens.reject(error);
    await closing.close().catch((err: unknown) => logger.error({ err }, 'not all could be closed'));
    throw error;
  }
}

async function listen(app: HttpServer, { host, port }: HubConfig): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new ButikError('SERVICE_UNAVAILABLE', {
      message: `Something else listens on ${host}:${port}.`,
      details: { part: `port ${port}` },
      cause,
    });
  }
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
