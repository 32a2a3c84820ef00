import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudEvent } from '@butik/proto/events/cloud-event';
import { EVENTS } from '@butik/proto/events/registry';
import { createHttpServer, type HttpServer } from '@butik/proto/http/create-http-server';
import { createInProcessClient } from '@butik/proto/rpc/in-process-client';
import type { RpcClient, RpcDefinition } from '@butik/proto/rpc/rpc';
import { pino } from 'pino';
import { v7 } from 'uuid';
import { vi } from 'vitest';
import { openInProcessBus } from '../kernel/bus/in-process/open-in-process-bus.ts';
import type { Documents } from '../kernel/documents/documents.ts';
import { openEmbeddedDocuments } from '../kernel/documents/embedded/open-embedded-documents.ts';
import { assertRoutesDeclarePermission } from '../kernel/http/assert-routes-declare-permission.ts';
import { operatorAuth } from '../kernel/http/operator-auth.ts';
import type { Kernel, Service, ServiceClients, ServiceInstance } from '../kernel/service.ts';
import { openPgliteSql } from '../kernel/sql/pglite/open-pglite-sql.ts';
import type { Sql } from '../kernel/sql/sql.ts';

/** Services on real adapters, for tests: the embedded stores, the bus, HTTP with its access check. */
export interface Booted {
  kernel: Kernel;
  http: HttpServer;
  /** Every event that was published, in order. */
  events: CloudEvent[];
  /** What the clock says; tests set it. */
  clock: { nowMs: number };
  client<Definition extends RpcDefinition>(definition: Definition): RpcClient<Definition>;
  /** One request as the operator `anna`; the answer's body is parsed. */
  call(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: object,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** Resolves when nothing is left to publish or to run. */
  idle(): Promise<void>;
  /** Ends the services as a stop of the process would; what was handed in stays open. */
  close(): Promise<void>;
}

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every form
  body: any;
  headers: Record<string, unknown>;
}

/** A PostgreSQL of its own takes its time on a busy machine. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

export const TOKEN = 'test-token-of-anna';

export async function bootServices(
  services: readonly Service[],
  given: { documents?: Documents; sql?: Sql; dataFolder?: string } = {},
): Promise<Booted> {
  const clock = { nowMs: Date.parse('2026-11-22T12:00:00.000Z') };
  const logger = pino({ level: 'silent' });
  const bus = openInProcessBus({ logger, backoffMs: 1, onDeadLetter: async () => undefined });
  const kernel: Kernel = {
    documents: given.documents ?? (await openEmbeddedDocuments({ directory: ':memory:' })),
    sql: given.sql ?? (await openPgliteSql({ directory: 'memory' })),
    bus,
    clock: { now: () => clock.nowMs },
    newId: () => v7(),
    logger,
    dataFolder: given.dataFolder ?? (await mkdtemp(join(tmpdir(), 'butik-'))),
  };
  const events: CloudEvent[] = [];
  const types = EVENTS.map(({ type }) => type);
  await bus.subscribe({ consumer: 'test', types, handle: async (event) => void events.push(event) });
  const http = await createHttpServer({ logger, title: 'test', version: '0' });
  assertRoutesDeclarePermission(http);
  const operator = { token: TOKEN, name: 'anna', permissions: 'all' } as const;
  http.addHook('onRequest', operatorAuth({ tokens: [operator] }));

  const instances: ServiceInstance[] = [];
  const clients: Partial<ServiceClients> = {};
  for (const service of services) {
    const instance = await service.start(kernel, clients as ServiceClients);
    instances.push(instance);
    for (const subscription of instance.subscriptions) await bus.subscribe(subscription);
    await http.register(instance.routes);
    await http.register(instance.routes, { prefix: '/v1' });
  }
  await http.ready();

  return {
    kernel,
    http,
    events,
    clock,
    client<Definition extends RpcDefinition>(definition: Definition): RpcClient<Definition> {
      const rpc = instances.find((one) => one.rpc?.definition.fullName === definition.fullName)?.rpc;
      if (!rpc) throw new Error(`${definition.fullName} was not booted`);
      return createInProcessClient(rpc.definition, rpc.handlers) as unknown as RpcClient<Definition>;
    },
    async call(method, url, body, headers = {}) {
      const authorization = `Bearer ${TOKEN}`;
      const answer = await http.inject({
        method,
        url,
        headers: { authorization, ...headers },
        ...(body && { payload: body }),
      });
      return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
    },
    async idle() {
      for (const instance of instances) await instance.idle();
    },
    async close() {
      await http.close();
      for (const instance of instances) await instance.close();
      await bus.close();
      if (!given.documents) await kernel.documents.close();
      if (!given.sql) await kernel.sql.close();
      if (!given.dataFolder) await rm(kernel.dataFolder, { recursive: true, force: true });
    },
  };
}
