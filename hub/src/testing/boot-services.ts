import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudEvent } from '@butik/proto/events/cloud-event';
import { EVENTS } from '@butik/proto/events/registry';
import { createHttpServer, type HttpServer } from '@butik/proto/http/create-http-server';
import { createInProcessClient } from '@butik/proto/rpc/in-process-client';
import type { RpcClient, RpcDefinition } from '@butik/proto/rpc/rpc';
import rateLimit from '@fastify/rate-limit';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { v7 } from 'uuid';
import { vi } from 'vitest';
import { createClosing } from '../closing.ts';
import { type HubConfig, hubConfigSchema } from '../config/config.ts';
import { connectClients } from '../connect-clients.ts';
import { openInProcessBus } from '../kernel/bus/in-process/open-in-process-bus.ts';
import { openMemoryCache } from '../kernel/cache/memory/open-memory-cache.ts';
import type { Documents } from '../kernel/documents/documents.ts';
import { openEmbeddedDocuments } from '../kernel/documents/embedded/open-embedded-documents.ts';
import { assertRoutesDeclarePermission } from '../kernel/http/assert-routes-declare-permission.ts';
import { operatorAuth } from '../kernel/http/operator-auth.ts';
import type { Jobs } from '../kernel/jobs/jobs.ts';
import { openSqlJobs } from '../kernel/jobs/sql/open-sql-jobs.ts';
import { type Mailbox, openMailbox } from '../kernel/messages/mailbox/open-mailbox.ts';
import { openFolderObjects } from '../kernel/objects/folder/open-folder-objects.ts';
import { openPostgresSearch } from '../kernel/search/postgres/open-postgres-search.ts';
import type { Kernel, Ports, Service, ServiceClients, ServiceInstance } from '../kernel/service.ts';
import { openPgliteSql } from '../kernel/sql/pglite/open-pglite-sql.ts';
import type { Sql } from '../kernel/sql/sql.ts';
import { kernelFor } from '../kernel-for.ts';
import { startServices } from '../start-services.ts';

/** Services on real adapters, for tests: the embedded stores, the bus, HTTP with its access check. */
export interface Booted {
  kernel: Kernel;
  /** What was sent to people. */
  mailbox: Mailbox;
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

export interface BootOptions {
  documents?: Documents;
  sql?: Sql;
  dataFolder?: string;
  /** Jobs of the test's own, such as ones that it drives by hand. */
  jobs?: Jobs;
  /** Settings beside the defaults. */
  config?: Partial<HubConfig>;
  /** Clients of services that are not booted, as the test plays them. */
  clients?: Partial<ServiceClients>;
}

export async function bootServices(services: readonly Service[], given: BootOptions = {}): Promise<Booted> {
  const clock = { nowMs: Date.parse('2026-11-22T12:00:00.000Z') };
  const now = { now: () => clock.nowMs };
  const logger = pino({ level: 'silent' });
  const closing = createClosing();
  const dataFolder = given.dataFolder ?? (await mkdtemp(join(tmpdir(), 'butik-')));
  if (!given.dataFolder) closing.add(() => rm(dataFolder, { recursive: true, force: true }));
  const sql = given.sql ?? (await openPgliteSql({ directory: 'memory' }));
  if (!given.sql) closing.add(() => sql.close());
  const documents = given.documents ?? (await openEmbeddedDocuments({ directory: ':memory:' }));
  if (!given.documents) closing.add(() => documents.close());
  const bus = openInProcessBus({ logger, backoffMs: 1, onDeadLetter: async () => undefined });
  closing.add(() => bus.close());
  const jobs = given.jobs ?? (await openSqlJobs({ sql, clock: now, logger }));
  if (!given.jobs) closing.add(() => jobs.close());
  const mailbox = await openMailbox({ sql, clock: now });
  const ports: Ports = {
    documents,
    sql,
    bus,
    jobs,
    cache: openMemoryCache({ clock: now }),
    search: await openPostgresSearch({ sql }),
    objects: await openFolderObjects({ directory: join(dataFolder, 'objects'), clock: now }),
    messages: mailbox,
  };
  const base = {
    metrics: new Registry(),
    clock: now,
    newId: () => v7(),
    logger,
    dataFolder,
    config: { ...hubConfigSchema.parse({ dataFolder }), ...given.config },
  };
  const events: CloudEvent[] = [];
  const types = EVENTS.map(({ type }) => type);
  await bus.subscribe({ consumer: 'test', types, handle: async (event) => void events.push(event) });
  const http = await createHttpServer({ logger, title: 'test', version: '0' });
  assertRoutesDeclarePermission(http);
  const operator = { token: TOKEN, name: 'anna', permissions: 'all' } as const;
  http.addHook('onRequest', operatorAuth({ tokens: [operator] }));
  await http.register(rateLimit, { global: false });

  const clients = connectClients({
    addresses: {},
    guardOf: () => ({ run: (call) => call(new AbortController().signal) }),
    logger,
  });
  const instances: ServiceInstance[] = await startServices(services, {
    kernelOf: (service) => kernelFor(service, ports, base),
    clients: { ...clients, of: (caller) => ({ ...clients.of(caller), ...given.clients }) },
    bus,
    closing,
  });
  for (const { routes } of instances) {
    await http.register(routes);
    await http.register(routes, { prefix: '/v1' });
  }
  await http.ready();
  closing.add(() => http.close());

  return {
    kernel: { ...ports, ...base },
    mailbox,
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
    close: () => closing.close(),
  };
}
