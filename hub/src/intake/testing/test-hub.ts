import { ButikError } from '@butik/proto/errors/butik-error';
import { InventoryServiceDefinition } from '@butik/proto/gen/butik/inventory/v1/inventory';
import { OrderServiceDefinition } from '@butik/proto/gen/butik/order/v1/order';
import { ShopServiceDefinition } from '@butik/proto/gen/butik/shop/v1/shop';
import type { ShopFact } from '@butik/proto/gen/butik/sync/v1/fact';
import { createHttpServer } from '@butik/proto/http/create-http-server';
import { createInProcessClient } from '@butik/proto/rpc/in-process-client';
import rateLimit from '@fastify/rate-limit';
import { pino } from 'pino';
import type { Sql } from '../../kernel/sql/sql.ts';
import { openTestSql } from '../../kernel/sql/testing/test-database.ts';
import type { IntakeClients } from '../intake-clients.ts';
import type { LoadBounds } from '../measure-load.ts';
import { type Intake, openIntake } from '../open-intake.ts';

export const SHOP_ID = '01900000-0000-7000-8000-00000000a001';
/** The hub's time in these tests. */
export const HUB_TIME_MS = Date.UTC(2026, 2, 1, 12);

/** For tests: the intake behind real HTTP and a real PostgreSQL, with services of a few lines. */
export interface TestHub {
  url: string;
  sql: Sql;
  intake: Intake;
  /** Stands still, or moves by `stepMs` whenever it is read. */
  clock: { ms: number; stepMs: number };
  /** What was logged as a warning or worse. */
  log: { msg: string }[];
  /** Boxes by `NODE.EPOCH`. */
  nodes: Map<string, { publicKeyX: string; fencedReason: string; shopId: string }>;
  /** Every call that the order service answered well, in order. */
  sales: ShopFact[];
  /** What the order service does with a fact before it takes it; may throw. */
  onSale: { call: (fact: ShopFact) => Promise<void> | void };
  enrol: { call: (token: string, publicKeyX: string) => { nodeId: string; epoch: number } };
  getJson(path: string): Promise<{ status: number; body: unknown }>;
  /** `as` is who the access check found the caller to be. */
  postJson(path: string, body?: object, as?: string): Promise<{ status: number; body: unknown }>;
  /** Ends the intake and opens it again on the same store, as a restart does. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function openTestHub(options: { loadBounds?: LoadBounds } = {}): Promise<TestHub> {
  const log: TestHub['log'] = [];
  const logger = pino({ level: 'warn' }, { write: (line) => void log.push(JSON.parse(line)) });
  const clock = {
    ms: HUB_TIME_MS,
    stepMs: 0,
    now() {
      clock.ms += clock.stepMs;
      return clock.ms;
    },
  };
  const sql = await openTestSql();
  const nodes: TestHub['nodes'] = new Map();
  const sales: ShopFact[] = [];
  const onSale: TestHub['onSale'] = { call: () => undefined };
  const enrol: TestHub['enrol'] = { call: () => ({ nodeId: SHOP_ID, epoch: 1 }) };
  const clients = makeClients({ nodes, sales, onSale, enrol });

  const hub = { url: '', sql, clock, log, nodes, sales, onSale, enrol } as unknown as TestHub;
  let app: Awaited<ReturnType<typeof createHttpServer>>;
  async function start(): Promise<void> {
    hub.intake = await openIntake({ sql, clients, clock, logger, ...options });
    app = await createHttpServer({ logger, title: 'test', version: '0' });
    app.addHook('onRequest', async (request) => {
      const as = request.headers['x-test-caller'];
      if (typeof as === 'string') request.caller = as;
    });
    await app.register(rateLimit, { global: false });
    await app.register(hub.intake.routes);
    hub.url = await app.listen({ port: 0, host: '127.0.0.1' });
  }
  async function stop(): Promise<void> {
    await app.close();
    await hub.intake.close();
  }
  await start();
  return Object.assign(hub, {
    getJson: async (path: string) => answer(await fetch(hub.url + path)),
    postJson: async (path: string, body?: object, as?: string) =>
      answer(
        await fetch(hub.url + path, {
          method: 'POST',
          headers: {
            ...(as && { 'x-test-caller': as }),
            ...(body && { 'content-type': 'application/json' }),
          },
          ...(body && { body: JSON.stringify(body) }),
        }),
      ),
    restart: async () => {
      await stop();
      await start();
    },
    close: async () => {
      await stop();
      await sql.close();
    },
  });
}

async function answer(response: Response): Promise<{ status: number; body: unknown }> {
  return { status: response.status, body: await response.json() };
}

function makeClients(hub: Pick<TestHub, 'nodes' | 'sales' | 'onSale' | 'enrol'>): IntakeClients {
  const shop = {
    shopId: SHOP_ID,
    name: 'Hörnan',
    currency: 'SEK',
    country: 'SE',
    timeZone: 'Europe/Stockholm',
    fiscalMode: 'manned',
  };
  return {
    shop: createInProcessClient(ShopServiceDefinition, {
      getStoreInfo: async () => shop,
      enrolNode: async ({ token, publicKeyX }) => ({ ...hub.enrol.call(token, publicKeyX), shop }),
      getNode: async ({ nodeId, epoch }) => {
        const node = hub.nodes.get(`${nodeId}.${epoch}`);
        if (!node) throw new ButikError('NODE_NOT_FOUND');
        return { nodeId, epoch, groupIds: [], ...node };
      },
      fenceNode: async ({ nodeId, epoch, reason }) => {
        hub.nodes.get(`${nodeId}.${epoch}`)!.fencedReason = reason;
        return {};
      },
    }),
    order: createInProcessClient(OrderServiceDefinition, {
      recordSale: async ({ fact }) => {
        await hub.onSale.call(fact!);
        const repeated = hub.sales.some(({ factId }) => factId === fact!.factId);
        if (!repeated) hub.sales.push(fact!);
        return { orderId: fact!.factId, repeated };
      },
      getOrder: notAsked,
    }),
    inventory: createInProcessClient(InventoryServiceDefinition, {
      recordMovements: async () => ({ recorded: 1, repeated: false }),
      reserveStock: notAsked,
      confirmReservation: notAsked,
      releaseReservation: notAsked,
    }),
  };
}

/** The intake has no business with the rest of a service. */
async function notAsked(): Promise<never> {
  throw new Error('the intake does not call this');
}
