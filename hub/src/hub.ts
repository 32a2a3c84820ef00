import { mkdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { createClosing } from './closing.ts';
import type { HubConfig } from './config/config.ts';
import { connectClients } from './connect-clients.ts';
import { deadLetterRoutes } from './kernel/bus/dead-letter-routes.ts';
import { migrateDeadLetters } from './kernel/bus/dead-letters.ts';
import { createRedelivery } from './kernel/bus/redeliver.ts';
import { type Clock, systemClock } from './kernel/clock.ts';
import { failedJobRoutes } from './kernel/jobs/failed-job-routes.ts';
import { mailboxRoutes } from './kernel/messages/mailbox/mailbox-routes.ts';
import { migrateInbox } from './kernel/outbox/sql-inbox.ts';
import { createGuard } from './kernel/resilience/create-guard.ts';
import { kernelFor } from './kernel-for.ts';
import { openBus, openPorts, openSql } from './open-ports.ts';
import { openSync, subscribeFeed } from './open-sync.ts';
import { chooseParts, SYNC } from './parts.ts';
import { readinessChecks } from './readiness-checks.ts';
import { registerMetrics } from './register-metrics.ts';
import { addServiceRoutes, buildHttp, listen } from './serve-http.ts';
import { rpcCredentials, serveRpc } from './serve-rpc.ts';
import { startServices } from './start-services.ts';
import { startTelemetry } from './start-telemetry.ts';

export interface Hub {
  url: string;
  /** Where other processes call the services of this one; null when nobody can. */
  grpcPort: number | null;
  /** Resolves when everything that shops have sent and services have published is taken in. */
  idle(): Promise<void>;
  /**
   * Says that it is not ready for as long as `drainMs`, then takes nothing more and ends what runs. Goes through
   * all steps even when one throws, and throws at the end.
   */
  close(): Promise<void>;
}

export interface HubOverrides {
  clock?: Clock;
  newId?: () => string;
  logger?: Logger;
}

/**
 * Builds a hub process by hand and starts it: all services, or those of `config.services`. What a start that fails
 * has opened is closed again. Throws STORE_LOCKED when another process has the folder, SERVICE_UNAVAILABLE when the
 * port is taken, REQUEST_INVALID for settings that do not go together.
 */
export async function startHub(config: HubConfig, overrides: HubOverrides = {}): Promise<Hub> {
  const parts = chooseParts(config);
  const name = parts.whole ? 'hub' : (config.services ?? []).join('+');
  const clock = overrides.clock ?? systemClock;
  // Relays publish from their first moment; nothing is delivered before everybody listens.
  const everybodyListens = Promise.withResolvers<void>();
  everybodyListens.promise.catch(() => undefined); // Who publishes hears of it; often nobody does.
  const closing = createClosing();
  const { logger, metrics } = await startTelemetry(name, {
    config,
    closing,
    logger: overrides.logger,
  });
  let draining = false;

  try {
    mkdirSync(config.dataFolder, { recursive: true });
    const context = { config, clock, logger, metrics, closing };
    const sql = await openSql(context);
    await migrateInbox(sql);
    await migrateDeadLetters(sql);
    const bus = await openBus(context, sql, {
      ready: everybodyListens.promise,
      others: parts.otherConsumers,
    });
    const redelivery = createRedelivery({ sql, bus, logger });
    closing.add(() => redelivery.idle());
    closing.add(() => bus.close());
    const { ports, mailbox } = await openPorts(context, { sql, bus, needs: parts.needs });
    const base = {
      metrics,
      clock,
      newId: overrides.newId ?? uuidv7,
      logger,
      dataFolder: config.dataFolder,
      config,
    };

    const credentials = rpcCredentials(config);
    const clients = connectClients({
      addresses: Object.fromEntries(parts.calls.map((one) => [one, config.serviceAddresses[one]!])),
      ...(credentials && { credentials }),
      guardOf: (service) => createGuard({ name: `service:${service}`, metrics, logger }),
      logger,
    });
    closing.add(() => clients.close());
    if (parts.sync) await subscribeFeed({ sql, bus });
    const instances = await startServices(parts.services, {
      kernelOf: (service) => kernelFor(service, ports, base),
      clients,
      bus,
      closing,
    });
    // Events and jobs come until their ports are closed: that is before the services that take them.
    closing.add(() => bus.close());
    if (parts.needs.has('jobs')) closing.add(() => ports.jobs.close());
    everybodyListens.resolve();
    const sync = parts.sync
      ? await openSync({ ...context, sql, bus, clients: clients.of(`service:${SYNC}`) })
      : undefined;

    registerMetrics({ ...context, bus, sql, ports, needs: parts.needs, instances });
    const health = { checks: readinessChecks(ports, parts.needs), isDraining: () => draining, metrics };
    const app = await buildHttp({ config, logger, metrics, cache: ports.cache, health });
    closing.add(() => app.close());
    if (sync) {
      await sync.addRoutes(app);
      await app.register(deadLetterRoutes(sql, redelivery));
    }
    if (mailbox) await app.register(mailboxRoutes(mailbox));
    if (parts.needs.has('jobs')) await app.register(failedJobRoutes(ports.jobs, logger));
    for (const { routes } of instances) await addServiceRoutes(app, routes);
    const rpc = await serveRpc(instances, { config, logger });
    if (rpc) closing.add(() => rpc.close());
    const url = await listen(app, config);
    logger.info({ url, services: name, ...(rpc && { grpcPort: rpc.port }) }, 'hub listens');

    return {
      url,
      grpcPort: rpc?.port ?? null,
      async idle() {
        await sync?.intake.idle();
        for (const instance of instances) await instance.idle();
        await redelivery.idle();
      },
      async close() {
        if (!draining) {
          draining = true;
          rpc?.drain();
          await wait(config.drainMs);
        }
        await closing.close();
      },
    };
  } catch (error) {
    // Relays that wait to publish keep their events for the next start.
    everybodyListens.reject(error);
    await closing.close().catch((err: unknown) => logger.error({ err }, 'not all could be closed'));
    throw error;
  }
}
