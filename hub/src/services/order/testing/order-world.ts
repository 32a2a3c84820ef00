import type { CloudEvent } from '@butik/proto/events/cloud-event';
import { EVENTS } from '@butik/proto/events/registry';
import { InventoryServiceDefinition } from '@butik/proto/gen/butik/inventory/v1/inventory';
import { OrderServiceDefinition } from '@butik/proto/gen/butik/order/v1/order';
import { PaymentServiceDefinition } from '@butik/proto/gen/butik/payment/v1/payment';
import { ProductServiceDefinition } from '@butik/proto/gen/butik/product/v1/product';
import { ShopServiceDefinition } from '@butik/proto/gen/butik/shop/v1/shop';
import { createHttpServer } from '@butik/proto/http/create-http-server';
import { createInProcessClient } from '@butik/proto/rpc/in-process-client';
import type { RpcClient, RpcDefinition, RpcHandlers } from '@butik/proto/rpc/rpc';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { v7 } from 'uuid';
import { openInProcessBus } from '../../../kernel/bus/in-process/open-in-process-bus.ts';
import type { Documents } from '../../../kernel/documents/documents.ts';
import { openEmbeddedDocuments } from '../../../kernel/documents/embedded/open-embedded-documents.ts';
import { operatorAuth } from '../../../kernel/http/operator-auth.ts';
import type { Jobs } from '../../../kernel/jobs/jobs.ts';
import type { Kernel, ServiceClients } from '../../../kernel/service.ts';
import type { Answer } from '../../../testing/boot-services.ts';
import { orderService } from '../order-service.ts';
import { catalogueHandlers, shopHandlers } from './catalogue-model.ts';
import { createLife, type FaultPlan, withFaults } from './faults.ts';
import { createInventoryModel, type InventoryModel } from './inventory-model.ts';
import { createPaymentModel, type PaymentModel } from './payment-model.ts';

/** Everything around the order service: stores that outlive its processes, the services it calls, and the clock. */
export interface OrderWorld {
  clock: { nowMs: number };
  inventory: InventoryModel;
  payments: PaymentModel;
  /** Products that are not sold any more. */
  retired: Set<string>;
  prices: Map<string, number>;
  /** What befalls the calls of inventory and payment; nothing unless a test says so. */
  faults: { plan: FaultPlan };
  /** Every event that any process has published, in order. */
  events: CloudEvent[];
  /** Starts one more process of the service on the same stores. */
  start(): Promise<OrderProcess>;
  /** Lets the calls arrive whose callers gave up on them long ago. */
  letLateCallsArrive(): Promise<void>;
  close(): Promise<void>;
}

export interface OrderProcess {
  /** One request as the operator `anna`; the answer's body is parsed. */
  call(
    method: 'GET' | 'POST' | 'PUT',
    url: string,
    body?: object,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  rpc: RpcClient<OrderServiceDefinition>;
  metrics: Registry;
  publish(event: CloudEvent): Promise<void>;
  /** What the schedule does every second, and all that comes of it. */
  sweep(): Promise<void>;
  /** Resolves when nothing is left to run or to publish; at once for a process that has died. */
  idle(): Promise<void>;
  isDead(): boolean;
  /** The process dies where it is. */
  kill(): void;
  /** The process is told to end, as a new version of it would. */
  stop(): Promise<void>;
}

const TOKEN = 'test-token-of-anna';

/** A world on documents of its own, embedded unless told; they are closed with it. */
export async function createOrderWorld(given?: Documents): Promise<OrderWorld> {
  const documents = given ?? (await openEmbeddedDocuments({ directory: ':memory:' }));
  const inventory = createInventoryModel();
  const payments = createPaymentModel();
  const ends: (() => Promise<void>)[] = [];
  const late: (() => Promise<unknown>)[] = [];
  const logger = pino({ level: 'silent' });
  const world: OrderWorld = {
    clock: { nowMs: Date.parse('2026-11-22T12:00:00.000Z') },
    inventory,
    payments,
    retired: new Set(),
    prices: new Map(),
    faults: { plan: () => 'none' },
    events: [],
    start,
    async letLateCallsArrive() {
      for (const go of late.splice(0)) await go().catch(() => undefined);
    },
    async close() {
      for (const end of ends) await end();
      await documents.close();
    },
  };
  return world;

  async function start(): Promise<OrderProcess> {
    const life = createLife();
    const bus = openInProcessBus({ logger, backoffMs: 1, onDeadLetter: async () => undefined });
    const types = EVENTS.map(({ type }) => type);
    const take = async (event: CloudEvent) => void world.events.push(event);
    await bus.subscribe({ consumer: 'test', types, handle: take });
    const jobs = jobsByHand();
    const metrics = new Registry();
    const clock = { now: () => world.clock.nowMs };
    const kernel = { documents, bus, jobs, metrics, clock, newId: () => v7(), logger } as unknown as Kernel;
    const faulty = <D extends RpcDefinition>(definition: D, handlers: RpcHandlers<D>): RpcClient<D> =>
      withFaults(createInProcessClient(definition, handlers), {
        plan: (method) => world.faults.plan(method),
        life,
        late,
      });
    const clients = {
      product: createInProcessClient(ProductServiceDefinition, catalogueHandlers(world)),
      shop: createInProcessClient(ShopServiceDefinition, shopHandlers()),
      inventory: faulty(InventoryServiceDefinition, inventory.handlers),
      payment: faulty(PaymentServiceDefinition, payments.handlers),
    };
    const instance = await orderService.start(kernel, clients as unknown as ServiceClients);
    for (const subscription of instance.subscriptions) await bus.subscribe(subscription);
    const http = await createHttpServer({ logger, title: 'test', version: '0' });
    http.addHook('onRequest', operatorAuth({ tokens: [{ token: TOKEN, name: 'anna', permissions: 'all' }] }));
    await http.register(instance.routes);
    ends.push(async () => {
      await http.close();
      const closed = instance.close();
      life.bury();
      await closed;
      await bus.close();
    });
    const untilDead = async (work: () => Promise<void>) => {
      const done = work().catch((error: unknown) => {
        if (!life.isDead()) throw error;
      });
      await Promise.race([done, life.death]);
    };
    return {
      metrics,
      publish: (event) => bus.publish(event),
      rpc: createInProcessClient(
        OrderServiceDefinition,
        instance.rpc!.handlers as RpcHandlers<OrderServiceDefinition>,
      ),
      async call(method, url, body, headers = {}) {
        const answer = await http.inject({
          method,
          url,
          headers: { authorization: `Bearer ${TOKEN}`, ...headers },
          ...(body && { payload: body }),
        });
        return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
      },
      sweep: () =>
        untilDead(async () => {
          await jobs.run('order.sweep');
          await instance.idle();
        }),
      idle: () => untilDead(() => instance.idle()),
      isDead: life.isDead,
      kill: life.die,
      stop: () => instance.close(),
    };
  }
}

/** Schedules that run when the test says so. */
function jobsByHand(): Jobs & { run(name: string): Promise<void> } {
  const schedules = new Map<string, (signal: AbortSignal) => Promise<void>>();
  return {
    async schedule(name: string, _: object, handle: (signal: AbortSignal) => Promise<void>) {
      schedules.set(name, handle);
    },
    async run(name: string) {
      await schedules.get(name)?.(new AbortController().signal);
    },
  } as Jobs & { run(name: string): Promise<void> };
}
