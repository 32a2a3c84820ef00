import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { type Shelf, shelfDefinition } from './shelf.ts';

export function tablesContract(on: Shelf): void {
  const { key, put, refusal } = on;

  describe('tables', () => {
    test('a table says what it is, is listed, cannot be made twice, and is gone when deleted', async () => {
      const { Table } = await on.client.send(new DescribeTableCommand({ TableName: on.table }));
      expect(Table).toMatchObject({
        TableName: on.table,
        TableStatus: 'ACTIVE',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      });
      expect(Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName).sort()).toEqual(['keys', 'rank']);
      expect((await on.client.send(new ListTablesCommand({}))).TableNames).toContain(on.table);
      expect((await refusal(on.client.send(shelfDefinition(on.table)))).name).toBe('ResourceInUseException');

      const other = `${on.table}-other`;
      await on.client.send(shelfDefinition(other));
      await on.client.send(new DeleteTableCommand({ TableName: other }));
      const gone = await refusal(on.client.send(new DescribeTableCommand({ TableName: other })));
      expect(gone.name).toBe('ResourceNotFoundException');
      const lost = await refusal(put(key('p', 's'), { TableName: other }));
      expect(lost.name).toBe('ResourceNotFoundException');
    });

    test('an index that is added later holds the items that were there before', async () => {
      await put({ ...key('p', '1'), colour: { S: 'red' } });
      await put({ ...key('p', '2') });
      await on.client.send(
        new UpdateTableCommand({
          TableName: on.table,
          AttributeDefinitions: [
            { AttributeName: 'colour', AttributeType: 'S' },
            { AttributeName: 'pk', AttributeType: 'S' },
            { AttributeName: 'sk', AttributeType: 'S' },
          ],
          GlobalSecondaryIndexUpdates: [
            {
              Create: {
                IndexName: 'colour',
                KeySchema: [{ AttributeName: 'colour', KeyType: 'HASH' }],
                Projection: { ProjectionType: 'ALL' },
              },
            },
          ],
        }),
      );
      await expect.poll(() => reds(), { timeout: 10_000 }).toEqual(['1']);

      async function reds() {
        const page = await on.client.send(
          new QueryCommand({
            TableName: on.table,
            IndexName: 'colour',
            KeyConditionExpression: 'colour = :c',
            ExpressionAttributeValues: { ':c': { S: 'red' } },
          }),
        );
        return page.Items?.map((item) => item.sk?.S);
      }
    });

    test('keys can be numbers and binaries; a local index and one with some attributes show what they hold', async () => {
      const TableName = `${on.table}-other`;
      await on.client.send(otherDefinition(TableName));
      const item = (run: number, byte: number, kind: string) => ({
        run: { N: String(run) },
        code: { B: new Uint8Array([byte]) },
        kind: { S: kind },
        note: { S: `${run}/${byte}` },
        extra: { S: 'x' },
      });
      for (const [run, byte, kind] of [
        [10, 200, 'a'],
        [10, 3, 'c'],
        [10, 127, 'b'],
        [9, 1, 'a'],
      ] as const) {
        await on.client.send(new PutItemCommand({ TableName, Item: item(run, byte, kind) }));
      }
      const query = async (more: Partial<QueryCommandInput>) =>
        (await on.client.send(new QueryCommand({ TableName, ...more }))).Items;
      const ten = {
        KeyConditionExpression: 'run = :run',
        ExpressionAttributeValues: { ':run': { N: '10.0' } },
      };

      expect((await query(ten))?.map((found) => found.note?.S)).toEqual(['10/3', '10/127', '10/200']);
      const local = await query({ ...ten, IndexName: 'by-kind', ConsistentRead: true });
      expect(local?.map((found) => found.kind?.S)).toEqual(['a', 'b', 'c']);
      expect(Object.keys(local?.[0] ?? {}).sort()).toEqual(['code', 'kind', 'run']);
      const whole = await query({ ...ten, IndexName: 'by-kind', Select: 'ALL_ATTRIBUTES' });
      expect(whole?.[0]).toEqual(item(10, 200, 'a'));
      const some = await query({
        IndexName: 'kinds',
        KeyConditionExpression: 'kind = :a',
        ExpressionAttributeValues: { ':a': { S: 'b' } },
      });
      const { extra, ...included } = item(10, 127, 'b');
      expect(some).toEqual([included]);
      await on.client.send(new DeleteTableCommand({ TableName }));
    });
  });
}

function otherDefinition(name: string): CreateTableCommand {
  return new CreateTableCommand({
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'run', AttributeType: 'N' },
      { AttributeName: 'code', AttributeType: 'B' },
      { AttributeName: 'kind', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'run', KeyType: 'HASH' },
      { AttributeName: 'code', KeyType: 'RANGE' },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: 'by-kind',
        KeySchema: [
          { AttributeName: 'run', KeyType: 'HASH' },
          { AttributeName: 'kind', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'kinds',
        KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['note'] },
      },
    ],
  });
}
