import { randomBytes } from 'node:crypto';
import { feedConsumer } from '../../hub/src/feed/project-events.ts';
import { topology } from '../../hub/src/kernel/bus/rabbitmq/topology.ts';
import type { Documents } from '../../hub/src/kernel/documents/documents.ts';
import { openDynamoDocuments } from '../../hub/src/kernel/documents/dynamodb/open-dynamodb-documents.ts';
import { makePostgresDatabase } from '../../hub/src/kernel/sql/testing/test-database.ts';
import { SERVICES } from '../../hub/src/services/registry.ts';
import { hubPackage } from '../../scripts/engines/hub-package.ts';

/** Where the engines are, from BUTIK_TEST_…; undefined where one is not named. */
export interface EngineAddresses {
  postgres: string;
  rabbitmq: string;
  redis: string;
  dynamodb: string;
}

/** What one hub has in the engines: its own database, tables, queues and keys. */
export interface HubEngines {
  addresses: EngineAddresses;
  documents: Documents;
  prefix: string;
  /** Settings of a hub process that stands on them. */
  settings: Record<string, string>;
  /** Asks the database, past the hub. */
  query<Row>(text: string, values: unknown[]): Promise<Row[]>;
  /** Removes all that the hub has made. Its processes must have ended. */
  remove(): Promise<void>;
}

const REGION = 'eu-north-1';

export function engineAddresses(env: NodeJS.ProcessEnv): EngineAddresses | undefined {
  const { BUTIK_TEST_POSTGRES: postgres, BUTIK_TEST_RABBITMQ: rabbitmq } = env;
  const { BUTIK_TEST_REDIS: redis, BUTIK_TEST_DYNAMODB: dynamodb } = env;
  return postgres && rabbitmq && redis && dynamodb ? { postgres, rabbitmq, redis, dynamodb } : undefined;
}

export async function makeHubEngines(addresses: EngineAddresses): Promise<HubEngines> {
  // DynamoDB Local takes any credentials, but the SDK wants some.
  process.env.AWS_ACCESS_KEY_ID ??= 'local';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'local';
  const prefix = `apart-${randomBytes(6).toString('hex')}`;
  const database = await makePostgresDatabase(addresses.postgres);
  const client = new (hubPackage<Pg>('pg').Client)(database.url);
  await client.connect();
  let asked: Promise<unknown> = Promise.resolve();
  const documents = openDynamoDocuments({
    region: REGION,
    endpoint: addresses.dynamodb,
    tablePrefix: `${prefix}-`,
  });
  return {
    addresses,
    documents,
    prefix,
    settings: {
      BUTIK_PREFIX: prefix,
      BUTIK_DATABASE_URL: database.url,
      BUTIK_AMQP_URL: addresses.rabbitmq,
      BUTIK_REDIS_URL: addresses.redis,
      BUTIK_DYNAMODB_REGION: REGION,
      BUTIK_DYNAMODB_ENDPOINT: addresses.dynamodb,
    },
    async query<Row>(text: string, values: unknown[]): Promise<Row[]> {
      // One after the other: a client takes no second question while it answers one.
      const answer = asked.then(() => client.query(text, values));
      asked = answer.catch(() => undefined);
      return (await answer).rows as Row[];
    },
    async remove() {
      await client.end();
      const removals = [
        database.drop(),
        removeTables(documents, prefix),
        removeQueues(addresses.rabbitmq, prefix),
        removeKeys(addresses.redis, prefix),
      ];
      const failed = (await Promise.allSettled(removals)).find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
    },
  };
}

interface Pg {
  Client: new (
    url: string,
  ) => {
    connect(): Promise<void>;
    query(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;
    end(): Promise<void>;
  };
}

type Command = new (input: object) => never;

async function removeTables(documents: Documents, prefix: string): Promise<void> {
  const sdk =
    hubPackage<Record<'ListTablesCommand' | 'DeleteTableCommand', Command>>('@aws-sdk/client-dynamodb');
  const list = new sdk.ListTablesCommand({ ExclusiveStartTableName: prefix, Limit: 100 });
  const { TableNames = [] } = (await documents.client.send(list)) as { TableNames?: string[] };
  for (const TableName of TableNames.filter((name) => name.startsWith(`${prefix}-`))) {
    await documents.client.send(new sdk.DeleteTableCommand({ TableName }));
  }
  await documents.close();
}

interface Amqp {
  connect(url: string): Promise<{
    createChannel(): Promise<Record<'deleteQueue' | 'deleteExchange', (name: string) => Promise<unknown>>>;
    close(): Promise<void>;
  }>;
}

async function removeQueues(url: string, prefix: string): Promise<void> {
  const names = topology(prefix);
  const connection = await hubPackage<Amqp>('amqplib').connect(url);
  const channel = await connection.createChannel();
  const consumers = [...SERVICES.flatMap(({ consumes }) => consumes), feedConsumer];
  for (const { consumer } of consumers) {
    await channel.deleteQueue(names.queueOf(consumer));
    await channel.deleteQueue(names.deadQueueOf(consumer));
  }
  await channel.deleteQueue(names.unreadable);
  await channel.deleteExchange(names.events);
  await channel.deleteExchange(names.deadLetters);
  await connection.close();
}

interface Ioredis {
  Redis: new (
    url: string,
  ) => {
    scan(cursor: string, ...pattern: (string | number)[]): Promise<[string, string[]]>;
    del(...keys: string[]): Promise<number>;
    disconnect(): void;
  };
}

async function removeKeys(url: string, prefix: string): Promise<void> {
  const { Redis } = hubPackage<Ioredis>('ioredis');
  const redis = new Redis(url);
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1_000);
    if (keys.length > 0) await redis.del(...keys);
    cursor = next;
  } while (cursor !== '0');
  redis.disconnect();
}
