import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Clock } from '../kernel/clock.ts';
import { migrate } from '../kernel/sql/migrate.ts';
import type { Sql } from '../kernel/sql/sql.ts';
import { startApplierLoop } from './applier-loop.ts';
import { type BoxesSeen, createBoxesSeen } from './boxes-seen.ts';
import { headOfficeRoutes } from './head-office-routes.ts';
import type { IntakeClients } from './intake-clients.ts';
import { createIntakeLoad, type LoadBounds } from './measure-load.ts';
import { intakeMigrations } from './migrations.ts';
import { createNodeAuth, type NodeAuth, type NodeIdentity } from './node-auth.ts';
import { clockSkew, nodeRoutes } from './node-routes.ts';

export interface Intake {
  /** `/sync/v1/{enrol,push,cursors}` and `/v1/sync/…`, with their prefixes. */
  routes: FastifyPluginAsync;
  /** The box that signed a request: NODE_TOKEN_INVALID, NODE_TOKEN_STALE, NODE_FENCED. */
  authenticateNode(request: FastifyRequest): Promise<NodeIdentity>;
  /** Resolves when every journalled fact is applied, quarantined or behind a quarantined one. */
  idle(): Promise<void>;
  /** Looks at the hub's load now; it is also looked at now and then while boxes push. */
  measureLoad(): Promise<void>;
  close(): Promise<void>;
}

/** The hub's way in: takes facts from boxes into the journal and applies them through the services. */
export async function openIntake(context: {
  sql: Sql;
  clients: IntakeClients;
  clock: Clock;
  logger: Logger;
  loadBounds?: LoadBounds;
}): Promise<Intake> {
  const { sql, clients, clock } = context;
  const logger = context.logger.child({ part: 'intake' });
  await migrate(sql, 'intake', intakeMigrations);
  const boxes = createBoxesSeen({ sql, clock, logger });
  const auth = noteWhoAsks(createNodeAuth(clients, clock), boxes, clock);
  const appliers = startApplierLoop({ sql, clients, clock, logger });
  const load = createIntakeLoad({
    sql,
    logger,
    ...(context.loadBounds && { bounds: context.loadBounds }),
  });
  const onFacts = (journalled: number) => {
    load.took(journalled);
    appliers.wake(journalled);
  };

  return {
    routes: async (app) => {
      await app.register(async (scope) =>
        nodeRoutes(scope, { sql, clients, clock, logger, auth, boxes, load: load.now, onFacts }),
      );
      await app.register(async (scope) =>
        headOfficeRoutes(scope, { sql, clock, boxes, onRetry: appliers.wake }),
      );
    },
    authenticateNode: auth.authenticate,
    idle: appliers.idle,
    measureLoad: load.measure,
    async close() {
      await appliers.close();
      await load.close();
      await boxes.close();
    },
  };
}

/** Whatever a box asks for, it was heard of. */
function noteWhoAsks(auth: NodeAuth, boxes: BoxesSeen, clock: Clock): NodeAuth {
  return {
    ...auth,
    async authenticate(request) {
      const node = await auth.authenticate(request);
      boxes.note(node, clockSkew(request, clock.now()));
      return node;
    },
  };
}
