import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import type { Shelf } from './shelf.ts';

export function transactionsContract(on: Shelf): void {
  const { get, key, put, refusal } = on;

  describe('batches', () => {
    test('many items are written, deleted and read in one call, with DynamoDB’s limits', async () => {
      await put(key('p', 'old'));
      await on.client.send(
        new BatchWriteItemCommand({
          RequestItems: {
            [on.table]: [
              { PutRequest: { Item: { ...key('p', '1'), n: { N: '1' } } } },
              { DeleteRequest: { Key: key('p', 'old') } },
            ],
          },
        }),
      );
      const read = await on.client.send(
        new BatchGetItemCommand({
          RequestItems: { [on.table]: { Keys: [key('p', '1'), key('p', 'old')], ProjectionExpression: 'n' } },
        }),
      );
      expect(read.Responses?.[on.table]).toEqual([{ n: { N: '1' } }]);

      const twice = new BatchGetItemCommand({
        RequestItems: { [on.table]: { Keys: [key('p', '1'), key('p', '1')] } },
      });
      expect(await refusal(on.client.send(twice))).toMatchObject({
        message: 'Provided list of item keys contains duplicates',
      });
      const many = Array.from({ length: 26 }, (_, at) => ({ PutRequest: { Item: key('p', String(at)) } }));
      const tooMany = new BatchWriteItemCommand({ RequestItems: { [on.table]: many } });
      expect(await refusal(on.client.send(tooMany))).toMatchObject({
        message: 'Too many items requested for the BatchWriteItem call',
      });
    });
  });

  describe('transactions', () => {
    const tx = (items: object[], token?: string) =>
      on.client.send(
        new TransactWriteItemsCommand({
          TransactItems: items as never,
          ...(token ? { ClientRequestToken: token } : {}),
        }),
      );
    const add = (sk: string, n: number) => ({
      Update: {
        TableName: on.table,
        Key: key('p', sk),
        UpdateExpression: 'ADD n :n',
        ExpressionAttributeValues: { ':n': { N: String(n) } },
      },
    });

    test('all four kinds of write happen together', async () => {
      await put({ ...key('p', 'gone'), n: { N: '1' } });
      await put({ ...key('p', 'checked'), n: { N: '1' } });
      await tx([
        { Put: { TableName: on.table, Item: key('p', 'made') } },
        add('counted', 2),
        { Delete: { TableName: on.table, Key: key('p', 'gone') } },
        {
          ConditionCheck: {
            TableName: on.table,
            Key: key('p', 'checked'),
            ConditionExpression: 'attribute_exists(n)',
          },
        },
      ]);
      const read = await on.client.send(
        new TransactGetItemsCommand({
          TransactItems: ['made', 'counted', 'gone'].map((sk) => ({
            Get: { TableName: on.table, Key: key('p', sk) },
          })),
        }),
      );
      expect(read.Responses?.map((response) => response.Item)).toEqual([
        key('p', 'made'),
        { ...key('p', 'counted'), n: { N: '2' } },
        undefined,
      ]);
    });

    test('one failed condition cancels everything, with a reason for each write', async () => {
      await put({ ...key('p', 'taken'), n: { N: '7' } });
      const refused = {
        Put: {
          TableName: on.table,
          Item: key('p', 'taken'),
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      };
      expect(await refusal(tx([add('other', 1), refused]))).toMatchObject({
        name: 'TransactionCanceledException',
        message:
          'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]',
        CancellationReasons: [
          { Code: 'None' },
          {
            Code: 'ConditionalCheckFailed',
            Message: 'The conditional request failed',
            Item: { ...key('p', 'taken'), n: { N: '7' } },
          },
        ],
      });
      expect(await get('p', 'other')).toBeUndefined();
    });

    test('a repeated token is answered again without doing it again; with other content it is refused', async () => {
      const token = `token-${on.table}`;
      await tx([add('once', 1)], token);
      await tx([add('once', 1)], token);
      expect((await get('p', 'once'))?.n).toEqual({ N: '1' });
      const other = await refusal(tx([add('once', 2)], token));
      expect(other.name).toBe('IdempotentParameterMismatchException');
    });

    test('a cancelled transaction leaves its token free, so that it can be repeated when its condition holds', async () => {
      const token = `again-${on.table}`;
      const guarded = {
        Put: {
          TableName: on.table,
          Item: key('p', 'guarded'),
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      };
      await put(key('p', 'guarded'));
      const refused = await refusal(tx([guarded, add('once', 1)], token));
      expect(refused.name).toBe('TransactionCanceledException');
      await on.client.send(new DeleteItemCommand({ TableName: on.table, Key: key('p', 'guarded') }));
      await tx([guarded, add('once', 1)], token);
      expect((await get('p', 'once'))?.n).toEqual({ N: '1' });
    });

    test('one item twice, no item, more than a hundred, more than four megabytes: refused', async () => {
      expect(await refusal(tx([add('a', 1), add('a', 2)]))).toMatchObject({
        name: 'ValidationException',
        message: 'Transaction request cannot include multiple operations on one item',
      });
      const large = Array.from({ length: 11 }, (_, at) => ({
        Put: { TableName: on.table, Item: { ...key('p', String(at)), text: { S: 'x'.repeat(390_000) } } },
      }));
      const wrong = [[], Array.from({ length: 101 }, (_, at) => add(String(at), 1)), large, [{}]];
      for (const items of wrong) expect((await refusal(tx(items))).name).toBe('ValidationException');
      expect((await on.client.send(new ScanCommand({ TableName: on.table }))).Count).toBe(0);
    });

    test('counters that many raise at once lose none', async () => {
      await Promise.all(Array.from({ length: 20 }, (_, at) => raise(at)));
      expect((await get('p', 'left'))?.n).toEqual({ N: '20' });
      expect((await get('p', 'right'))?.n).toEqual({ N: '20' });

      async function raise(attempt: number): Promise<void> {
        for (;;) {
          try {
            await tx([add('left', 1), add('right', 1)], `raise-${on.table}-${attempt}`);
            return;
          } catch (error) {
            if (!(error instanceof Error) || !/TransactionConflict/.test(error.message)) throw error;
          }
        }
      }
    });
  });
}
