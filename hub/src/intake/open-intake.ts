import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Clock } from '../kernel/clock.ts';
import type { ServiceClients } from '../kernel/service.ts';
import { migrate } from '../kernel/sql/migrate.ts';
import type { Sql } from '../kernel/sql/sql.ts';
import { startApplierLoop } from './applier-loop.ts';
import { headOfficeRoutes } from './head-office-routes.ts';
import { intakeMigrations } from './migrations.ts';
import { createNodeAuth, type NodeIdentity } from './node-auth.ts';
import { nodeRoutes } from './node-routes.ts';

export interface Intake {
  /** `/sync/v1/{enrol,push,cursors}` and `/v1/sync/…`, with their prefixes. */
  routes: FastifyPluginAsync;
  /** The box that signed a request: NODE_TOKEN_INVALID, NODE_TOKEN_STALE, NODE_FENCED. */
  authenticateNode(request: FastifyRequest): Promise<NodeIdentity>;
  /** Resolves when every journalled fact is applied, quarantined or behind a quarantined one. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** The hub's way in: takes facts from boxes into the journal and applies them through the services. */
export async function openIntake(context: {
  sql: Sql;
  clients: ServiceClients;
  clock: Clock;
  logger: Logger;
}): Promise<Intake> {
  const { sql, clients, clock } = context;
  const logger = context.logger.child({ part: 'intake' });
  await migrate(sql, 'intake', intakeMigrations);
  const auth = createNodeAuth(clients, clock);
  const appliers = startApplierLoop({ sql, clients, clock, logger });

  return {
    routes: async (app) => {
      await app.register(async (scope) =>
        nodeRoutes(scope, { sql, clients, clock, logger, auth, onFacts: appliers.wake }),
      );
      await app.register(async (scope) => headOfficeRoutes(scope, sql, clock, appliers.wake));
    },
    authenticateNode: auth.authenticate,
    idle: appliers.idle,
    close: appliers.close,
  };
}
