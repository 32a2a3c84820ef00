import {
  CreateTableCommand,
  DeleteTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Documents } from '../documents.ts';

export type Shelf = ReturnType<typeof useShelf>;

/** A fresh table for each test of the suite that calls this, and short words for what tests do with it. */
export function useShelf(open: () => Promise<Documents>) {
  let documents: Documents | undefined;
  let table = '';
  let tables = 0;
  beforeAll(async () => {
    documents = await open();
  });
  afterAll(() => documents?.close());
  beforeEach(async () => {
    table = `shelf-${process.pid}-${tables++}`;
    await opened().client.send(shelfDefinition(table));
    return async () => {
      await opened().client.send(new DeleteTableCommand({ TableName: table }));
    };
  });

  function opened(): Documents {
    if (!documents) throw new Error('the documents are opened before the first test');
    return documents;
  }

  const key = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk } });
  const put = (item: PutItemCommandInput['Item'], more: Partial<PutItemCommandInput> = {}) =>
    opened().client.send(new PutItemCommand({ TableName: table, Item: item, ...more }));
  const get = async (pk: string, sk: string) =>
    (
      await opened().client.send(
        new GetItemCommand({ TableName: table, Key: key(pk, sk), ConsistentRead: true }),
      )
    ).Item;
  const update = async (expression: string, values: Record<string, unknown> = {}, more: object = {}) =>
    (
      await opened().client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: key('p', 's'),
          UpdateExpression: expression,
          ReturnValues: 'ALL_NEW',
          ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values as never } : {}),
          ...more,
        }),
      )
    ).Attributes;
  /** Whether the condition holds for the item at p/s. */
  const holds = async (condition: string, values: Record<string, unknown> = {}, names = {}) => {
    const check = opened().client.send(
      new PutItemCommand({
        TableName: table,
        Item: { ...key('p', 's'), ...(await get('p', 's')) },
        ConditionExpression: condition,
        ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values as never } : {}),
        ...(Object.keys(names).length > 0 ? { ExpressionAttributeNames: names } : {}),
      }),
    );
    return check.then(
      () => true,
      (error: Error) => {
        if (error.name === 'ConditionalCheckFailedException') return false;
        throw error;
      },
    );
  };
  const refusal = (promise: Promise<unknown>) =>
    promise.then(
      () => {
        throw new Error('was not refused');
      },
      (error: Error) => error,
    );

  return {
    get client(): DynamoDBClient {
      return opened().client;
    },
    /** The name of this test's table. */
    get table(): string {
      return table;
    },
    key,
    put,
    get,
    update,
    holds,
    refusal,
  };
}

/** Items by pk and sk, an index in the order of a number, and one of keys only. */
export function shelfDefinition(name: string): CreateTableCommand {
  return new CreateTableCommand({
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
      { AttributeName: 'owner', AttributeType: 'S' },
      { AttributeName: 'rank', AttributeType: 'N' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'rank',
        KeySchema: [
          { AttributeName: 'owner', KeyType: 'HASH' },
          { AttributeName: 'rank', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
      {
        IndexName: 'keys',
        KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  });
}
