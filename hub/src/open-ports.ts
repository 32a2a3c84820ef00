import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Closing } from './closing.ts';
import type { HubConfig } from './config/config.ts';
import { guardedMessages, guardedObjects } from './guarded-ports.ts';
import type { Bus } from './kernel/bus/bus.ts';
import { keepDeadLetter } from './kernel/bus/dead-letters.ts';
import { openInProcessBus } from './kernel/bus/in-process/open-in-process-bus.ts';
import { openRabbitmqBus } from './kernel/bus/rabbitmq/open-rabbitmq-bus.ts';
import { tracedBus } from './kernel/bus/traced-bus.ts';
import { openMemoryCache } from './kernel/cache/memory/open-memory-cache.ts';
import { openRedisCache } from './kernel/cache/redis/open-redis-cache.ts';
import type { Clock } from './kernel/clock.ts';
import { openDynamoDocuments } from './kernel/documents/dynamodb/open-dynamodb-documents.ts';
import { openEmbeddedDocuments } from './kernel/documents/embedded/open-embedded-documents.ts';
import { openSqlJobs } from './kernel/jobs/sql/open-sql-jobs.ts';
import { type Mailbox, openMailbox } from './kernel/messages/mailbox/open-mailbox.ts';
import { openMessages } from './kernel/messages/open-messages.ts';
import { openFolderObjects } from './kernel/objects/folder/open-folder-objects.ts';
import { createGuard } from './kernel/resilience/create-guard.ts';
import { openPostgresSearch } from './kernel/search/postgres/open-postgres-search.ts';
import type { PortName, Ports } from './kernel/service.ts';
import { openPgliteSql } from './kernel/sql/pglite/open-pglite-sql.ts';
import { openPostgresSql } from './kernel/sql/postgres/open-postgres-sql.ts';
import type { Sql } from './kernel/sql/sql.ts';

export interface PortsContext {
  config: HubConfig;
  clock: Clock;
  logger: Logger;
  metrics: Registry;
  closing: Closing;
}

/** The relational store of this process: PostgreSQL where one is configured, else PGlite in the data folder. */
export async function openSql({ config, logger, closing }: PortsContext): Promise<Sql> {
  const sql = config.databaseUrl
    ? await openPostgresSql({ url: config.databaseUrl, logger })
    : await openPgliteSql({ directory: join(config.dataFolder, 'sql'), logger });
  closing.add(() => sql.close());
  return sql;
}

/** The bus: RabbitMQ where one is configured, else in this process. The caller closes it, before what it brings to. */
export async function openBus(
  { config, logger, metrics }: PortsContext,
  sql: Sql,
  options: { ready: Promise<unknown>; others: readonly { consumer: string; types: readonly string[] }[] },
): Promise<Bus> {
  const shared = {
    logger,
    ready: options.ready,
    onDeadLetter: (letter: Parameters<typeof keepDeadLetter>[1]) => keepDeadLetter(sql, letter),
  };
  const bus = config.amqpUrl
    ? await openRabbitmqBus({ ...shared, url: config.amqpUrl, prefix: config.prefix, others: options.others })
    : openInProcessBus(shared);
  return tracedBus(bus, { metrics });
}

export interface OpenedPorts {
  /** Those that were asked for; nothing else may be used. */
  ports: Ports;
  /** The local mailbox, where messages were asked for: head office reads it. */
  mailbox: Mailbox | undefined;
}

/** Opens the ports in `needs`, each by the engine that the settings name; large clients are loaded only then. */
export async function openPorts(
  context: PortsContext,
  { sql, bus, needs }: { sql: Sql; bus: Bus; needs: ReadonlySet<PortName> },
): Promise<OpenedPorts> {
  const ports: Partial<Ports> = { sql, bus };
  let mailbox: Mailbox | undefined;
  const openers = { documents, cache, jobs, search, objects, messages } as const;
  for (const [name, open] of Object.entries(openers) as [keyof typeof openers, () => Promise<never>][]) {
    if (!needs.has(name)) continue;
    const port: { close(): Promise<void> } = await open();
    context.closing.add(() => port.close());
    Object.assign(ports, { [name]: port });
  }
  return { ports: ports as Ports, mailbox };

  function guardOf(name: string) {
    return createGuard({ name, metrics: context.metrics, logger: context.logger });
  }

  async function documents() {
    const { config, logger } = context;
    if (config.dynamodbRegion === undefined) {
      return await openEmbeddedDocuments({ directory: join(config.dataFolder, 'documents'), logger });
    }
    return openDynamoDocuments({
      region: config.dynamodbRegion,
      tablePrefix: `${config.prefix}-`,
      ...(config.dynamodbEndpoint !== undefined && { endpoint: config.dynamodbEndpoint }),
    });
  }
  async function cache() {
    const { config, logger, clock } = context;
    return config.redisUrl
      ? await openRedisCache({ url: config.redisUrl, logger, prefix: `${config.prefix}:cache:` })
      : openMemoryCache({ clock });
  }
  async function jobs() {
    const { config, logger, clock } = context;
    if (!config.redisUrl) return await openSqlJobs({ sql, clock, logger });
    const { openBullmqJobs } = await import('./kernel/jobs/bullmq/open-bullmq-jobs.ts');
    return await openBullmqJobs({ url: config.redisUrl, logger, prefix: `${config.prefix}-jobs` });
  }
  async function search() {
    const { config } = context;
    if (!config.elasticsearchUrl) return await openPostgresSearch({ sql });
    const { openElasticsearchSearch } = await import(
      './kernel/search/elasticsearch/open-elasticsearch-search.ts'
    );
    return await openElasticsearchSearch({
      url: config.elasticsearchUrl,
      prefix: config.prefix,
      guard: guardOf('elasticsearch'),
    });
  }
  async function objects() {
    const { config, clock } = context;
    if (config.s3Bucket === undefined) {
      return await openFolderObjects({ directory: join(config.dataFolder, 'objects'), clock });
    }
    const { openS3Objects } = await import('./kernel/objects/s3/open-s3-objects.ts');
    const s3 = openS3Objects({
      bucket: config.s3Bucket,
      region: config.s3Region,
      prefix: `${config.prefix}/`,
      ...(config.s3Endpoint !== undefined && { endpoint: config.s3Endpoint }),
    });
    return guardedObjects(s3, guardOf('s3'));
  }
  async function messages() {
    const { config, clock, logger } = context;
    mailbox = await openMailbox({ sql, clock });
    return guardedMessages(await openMessages({ config, mailbox, logger }), guardOf);
  }
}
