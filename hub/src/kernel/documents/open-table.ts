import {
  type AttributeDefinition,
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DescribeTableCommandOutput,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { type OneSchema, Table } from 'dynamodb-onetable';
import type { TableSpec } from './documents.ts';

/** How often, and how many times, a table that is being made is looked at: two minutes in all. */
const POLL_MS = 500;
const POLLS = 240;

/**
 * The table of `spec`, made with its indexes where they are missing. The same for every adapter, since
 * all of them speak DynamoDB. `partial: false`: an update replaces a nested object as a whole, so that
 * what was written is exactly what the model allows, never a mixture of two versions.
 */
export async function openTable<const Schema extends OneSchema>(
  client: DynamoDBClient,
  tablePrefix: string,
  spec: TableSpec<Schema>,
): Promise<Table<Schema>> {
  const table = new Table<Schema>({
    client,
    name: tablePrefix + spec.name,
    schema: {
      ...spec.schema,
      params: { timestamps: false, nulls: false, isoDates: true, ...spec.schema.params },
    },
    partial: false,
    logger: false,
  });
  const wanted = table.getTableDefinition() as CreateTableCommandInput;
  const found = await describe(client, table.name);
  if (!found) await create(client, wanted);
  const ready = await untilActive(client, table.name);
  await addMissingIndexes(client, wanted, ready);
  await expireBy(client, table.name, ttlAttribute(spec.schema));
  return table;
}

async function describe(
  client: DynamoDBClient,
  name: string,
): Promise<DescribeTableCommandOutput | undefined> {
  try {
    return await client.send(new DescribeTableCommand({ TableName: name }));
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function create(client: DynamoDBClient, wanted: CreateTableCommandInput): Promise<void> {
  try {
    await client.send(new CreateTableCommand(wanted));
  } catch (error) {
    // Another process that starts at the same time has made it.
    if (!(error instanceof ResourceInUseException)) throw error;
  }
}

async function untilActive(client: DynamoDBClient, name: string): Promise<DescribeTableCommandOutput> {
  for (let poll = 0; poll < POLLS; poll++) {
    const seen = await describe(client, name);
    const indexes = seen?.Table?.GlobalSecondaryIndexes ?? [];
    const active =
      seen?.Table?.TableStatus === 'ACTIVE' && indexes.every((index) => index.IndexStatus === 'ACTIVE');
    if (active) return seen;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`table ${name} did not become active in ${(POLL_MS * POLLS) / 1000} s`);
}

/** DynamoDB takes one new index per UpdateTable, and the next only when it is active. */
async function addMissingIndexes(
  client: DynamoDBClient,
  wanted: CreateTableCommandInput,
  found: DescribeTableCommandOutput,
): Promise<void> {
  const existing = new Set(found.Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName));
  for (const index of wanted.GlobalSecondaryIndexes ?? []) {
    if (existing.has(index.IndexName)) continue;
    await client.send(
      new UpdateTableCommand({
        TableName: wanted.TableName,
        AttributeDefinitions: keyDefinitions(wanted, index),
        GlobalSecondaryIndexUpdates: [{ Create: index }],
      }),
    );
    await untilActive(client, wanted.TableName ?? '');
  }
}

function keyDefinitions(wanted: CreateTableCommandInput, index: GlobalSecondaryIndex): AttributeDefinition[] {
  const keys = [...(wanted.KeySchema ?? []), ...(index.KeySchema ?? [])].map((key) => key.AttributeName);
  return (wanted.AttributeDefinitions ?? []).filter((definition) => keys.includes(definition.AttributeName));
}

function ttlAttribute(schema: OneSchema): string | undefined {
  for (const model of Object.values(schema.models)) {
    for (const [name, field] of Object.entries(model)) if (field.ttl) return field.map ?? name;
  }
  return undefined;
}

async function expireBy(client: DynamoDBClient, name: string, attribute: string | undefined): Promise<void> {
  if (!attribute) return;
  const now = await client.send(new DescribeTimeToLiveCommand({ TableName: name }));
  if (now.TimeToLiveDescription?.AttributeName === attribute) return;
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: name,
      TimeToLiveSpecification: { Enabled: true, AttributeName: attribute },
    }),
  );
}
