import type { HttpServer } from '@butik/proto/http/create-http-server';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Closing } from './closing.ts';
import type { HubConfig } from './config/config.ts';
import { gatekeeper } from './feed/gatekeeper.ts';
import { openFeed } from './feed/open-feed.ts';
import { feedSubscription } from './feed/project-events.ts';
import { ensureFeedTables } from './feed/tables.ts';
import { type Intake, openIntake } from './intake/open-intake.ts';
import { syncMetrics } from './intake/sync-metrics.ts';
import type { Bus } from './kernel/bus/bus.ts';
import type { Clock } from './kernel/clock.ts';
import type { ServiceClients } from './kernel/service.ts';
import type { Sql } from './kernel/sql/sql.ts';

export interface SyncContext {
  config: HubConfig;
  sql: Sql;
  bus: Bus;
  clients: ServiceClients;
  clock: Clock;
  logger: Logger;
  metrics: Registry;
  closing: Closing;
}

export interface Sync {
  intake: Intake;
  /** `/sync/v1/…` for boxes and `/v1/sync/…` for head office. */
  addRoutes(app: HttpServer): Promise<void>;
}

/** The shops' way in (intake) and out (feed). The feed's tables and its place on the bus come before the services start. */
export async function subscribeFeed({ sql, bus }: Pick<SyncContext, 'sql' | 'bus'>): Promise<void> {
  await ensureFeedTables(sql);
  await bus.subscribe(feedSubscription(sql));
}

export async function openSync(context: SyncContext): Promise<Sync> {
  const { config, sql, clients, clock, logger, closing } = context;
  const intake = await openIntake({ sql, clients, clock, logger });
  closing.add(() => intake.close());
  syncMetrics({ metrics: context.metrics, sql, clock });
  const feed = await openFeed({ sql, logger, electricUrl: config.electricUrl, now: () => clock.now() });
  closing.add(() => feed.close());
  return {
    intake,
    async addRoutes(app) {
      await app.register(intake.routes);
      await app.register(
        gatekeeper({
          ...(config.electricUrl ? { electricUrl: config.electricUrl } : { shapes: feed.shapes }),
          authenticate: intake.authenticateNode,
        }),
      );
    },
  };
}
