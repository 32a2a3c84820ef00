import {
  DeleteItemCommand,
  GetItemCommand,
  type PutItemCommandInput,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import type { Shelf } from './shelf.ts';

export function itemsContract(on: Shelf): void {
  const { get, key, put, refusal, update } = on;

  describe('items', () => {
    test('every type comes back as it was put, numbers in their shortest form', async () => {
      const item = {
        ...key('p', 's'),
        text: { S: 'blåbär 😀' },
        empty: { S: '' },
        bytes: { B: new Uint8Array([0, 255, 7]) },
        yes: { BOOL: true },
        nothing: { NULL: true as const },
        list: { L: [{ N: '1' }, { M: { deep: { L: [] } } }] },
        words: { SS: ['a', 'b'] },
        constructor: { S: 'a name like any other' },
      };
      await put({ ...item, number: { N: '+0012.3400e2' } } as never);
      expect(await get('p', 's')).toEqual({ ...item, number: { N: '1234' } });
    });

    test('numbers keep 38 digits and their range, and what is beyond is refused', async () => {
      const digits = '12345678901234567890123456789012345678';
      await put({ ...key('p', 's'), n: { N: digits } });
      expect(await update('SET n = n + :one', { ':one': { N: '1' } })).toMatchObject({
        n: { N: '12345678901234567890123456789012345679' },
      });
      for (const number of [`${digits}9`, '1E126', '1E-131', 'twelve', '']) {
        const error = await refusal(put({ ...key('p', 's'), n: { N: number } }));
        expect(error.name, number).toBe('ValidationException');
      }
    });

    test('a put replaces the whole item and can return the old one; a delete returns what it deleted', async () => {
      await put({ ...key('p', 's'), a: { S: '1' } });
      const replaced = await put({ ...key('p', 's'), b: { S: '2' } }, { ReturnValues: 'ALL_OLD' });
      expect(replaced.Attributes).toEqual({ ...key('p', 's'), a: { S: '1' } });
      const deleted = await on.client.send(
        new DeleteItemCommand({ TableName: on.table, Key: key('p', 's'), ReturnValues: 'ALL_OLD' }),
      );
      expect(deleted.Attributes).toEqual({ ...key('p', 's'), b: { S: '2' } });
      expect(await get('p', 's')).toBeUndefined();
    });

    test('a get can ask for parts', async () => {
      await put({
        ...key('p', 's'),
        m: { M: { a: { N: '1' }, b: { N: '2' } } },
        l: { L: [{ N: '0' }, { N: '1' }, { N: '2' }] },
      });
      const { Item } = await on.client.send(
        new GetItemCommand({
          TableName: on.table,
          Key: key('p', 's'),
          ProjectionExpression: '#m.b, l[2], l[0], gone',
          ExpressionAttributeNames: { '#m': 'm' },
        }),
      );
      expect(Item).toEqual({ m: { M: { b: { N: '2' } } }, l: { L: [{ N: '0' }, { N: '2' }] } });
    });

    test('keys that lack a part, have another type, or are empty are refused, and so are items too large', async () => {
      const wrong: PutItemCommandInput['Item'][] = [
        { pk: { S: 'p' } },
        { pk: { N: '1' }, sk: { S: 's' } },
        { pk: { S: '' }, sk: { S: 's' } },
        { ...key('p', 's'), owner: { S: 'o' }, rank: { S: 'not a number' } },
        { ...key('p', 's'), owner: { S: '' } },
        { ...key('p', 's'), set: { SS: [] } },
        { ...key('p', 's'), set: { SS: ['a', 'a'] } },
        key('p'.repeat(2049), 's'),
        key('p', 's'.repeat(1025)),
        { ...key('p', 's'), large: { S: 'x'.repeat(400 * 1024) } },
      ];
      for (const item of wrong) expect((await refusal(put(item))).name).toBe('ValidationException');
      expect((await on.client.send(new ScanCommand({ TableName: on.table }))).Count).toBe(0);
    });
  });
}
