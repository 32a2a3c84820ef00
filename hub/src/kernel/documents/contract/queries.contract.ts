import { DeleteItemCommand, QueryCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Shelf } from './shelf.ts';

export function queriesContract(on: Shelf): void {
  const { key, put, refusal } = on;

  describe('queries', () => {
    const ranks = ['5', '-3', '100', '20', '3.5', '-0.5', '0', '1e20', '-1e-20'];
    beforeEach(async () => {
      for (const [at, rank] of ranks.entries()) {
        await put({ ...key('p', `s${at}`), owner: { S: 'o' }, rank: { N: rank }, at: { N: String(at) } });
      }
      await put({ ...key('q', 's0'), at: { N: '0' } });
    });
    const query = (condition: string, values: Record<string, unknown>, more: object = {}) =>
      on.client.send(
        new QueryCommand({
          TableName: on.table,
          KeyConditionExpression: condition,
          ExpressionAttributeValues: values as never,
          ...more,
        }),
      );
    const sorts = async (condition: string, values: Record<string, unknown>, more: object = {}) =>
      (await query(condition, values, more)).Items?.map((item) => item.sk?.S).join(' ');
    const p = { ':p': { S: 'p' } };

    test.each([
      ['pk = :p AND sk = :a', { ':a': { S: 's3' } }, 's3'],
      ['pk = :p AND sk < :a', { ':a': { S: 's2' } }, 's0 s1'],
      ['pk = :p AND sk >= :a', { ':a': { S: 's7' } }, 's7 s8'],
      ['sk BETWEEN :a AND :b AND pk = :p', { ':a': { S: 's2' }, ':b': { S: 's4' } }, 's2 s3 s4'],
      ['pk = :p AND begins_with(sk, :a)', { ':a': { S: 's' } }, 's0 s1 s2 s3 s4 s5 s6 s7 s8'],
    ])('%s', async (condition, values, expected) => {
      expect(await sorts(condition, { ...p, ...values })).toBe(expected);
    });

    test('a numeric index is in the order of the numbers, both ways, and only has items that have its keys', async () => {
      const page = await query('#o = :o', { ':o': { S: 'o' } }, ownerIndex());
      expect(page.Items?.map((item) => item.rank?.N)).toEqual([
        '-3',
        '-0.5',
        '-0.00000000000000000001',
        '0',
        '3.5',
        '5',
        '20',
        '100',
        '100000000000000000000',
      ]);
      const backwards = await query(
        '#o = :o AND #r < :r',
        { ':o': { S: 'o' }, ':r': { N: '4' } },
        {
          ...ownerIndex(),
          ExpressionAttributeNames: { '#o': 'owner', '#r': 'rank' },
          ScanIndexForward: false,
        },
      );
      expect(backwards.Items?.map((item) => item.sk?.S)).toEqual(['s4', 's6', 's8', 's5', 's1']);
    });

    test('an index follows its items: moved, dropped out, deleted', async () => {
      await on.client.send(
        new UpdateItemCommand({
          TableName: on.table,
          Key: key('p', 's0'),
          UpdateExpression: 'SET #r = :r',
          ExpressionAttributeNames: { '#r': 'rank' },
          ExpressionAttributeValues: { ':r': { N: '-99' } },
        }),
      );
      await put({ ...key('p', 's1'), owner: { S: 'o' } });
      await on.client.send(new DeleteItemCommand({ TableName: on.table, Key: key('p', 's2') }));
      const page = await query('#o = :o', { ':o': { S: 'o' } }, ownerIndex());
      expect(page.Items?.map((item) => item.sk?.S)).toEqual(['s0', 's5', 's8', 's6', 's4', 's3', 's7']);
    });

    test('an index of keys shows keys only', async () => {
      const page = await query('#o = :o', { ':o': { S: 'o' } }, { ...ownerIndex('keys'), Limit: 1 });
      expect(Object.keys(page.Items?.[0] ?? {}).sort()).toEqual(['owner', 'pk', 'sk']);
    });

    test.each([
      ['the table', 'pk = :v', { ':v': { S: 'p' } }, {}],
      ['an index', '#o = :v', { ':v': { S: 'o' } }, ownerIndex()],
      ['an index, backwards', '#o = :v', { ':v': { S: 'o' } }, { ...ownerIndex(), ScanIndexForward: false }],
    ])('pages of %s put together are the whole, each once', async (_, condition, values, more) => {
      const whole = (await query(condition, values, more)).Items?.map((item) => item.sk?.S);
      const seen: (string | undefined)[] = [];
      let from: object = {};
      do {
        const page = await query(condition, values, { ...more, ...from, Limit: 2 });
        seen.push(...(page.Items ?? []).map((item) => item.sk?.S));
        from = page.LastEvaluatedKey ? { ExclusiveStartKey: page.LastEvaluatedKey } : {};
      } while ('ExclusiveStartKey' in from);
      expect(seen).toEqual(whole);
      expect(whole).toHaveLength(ranks.length);
    });

    test('a filter is applied after the limit, and counted apart', async () => {
      const page = await query(
        'pk = :p',
        { ...p, ':v': { N: '2' } },
        {
          FilterExpression: '#a > :v',
          ExpressionAttributeNames: { '#a': 'at' },
          Limit: 4,
        },
      );
      expect(page).toMatchObject({ Count: 1, ScannedCount: 4, LastEvaluatedKey: key('p', 's3') });
      const counted = await query('pk = :p', p, { Select: 'COUNT' });
      expect(counted.Count).toBe(ranks.length);
      expect(counted.Items ?? []).toEqual([]);
    });

    test('a page ends at one megabyte', async () => {
      for (let at = 0; at < 4; at++) await put({ ...key('big', `s${at}`), text: { S: 'x'.repeat(390_000) } });
      const first = await query('pk = :p', { ':p': { S: 'big' } });
      expect(first).toMatchObject({ Count: 3, LastEvaluatedKey: key('big', 's2') });
      const rest = await query(
        'pk = :p',
        { ':p': { S: 'big' } },
        { ExclusiveStartKey: first.LastEvaluatedKey },
      );
      expect(rest.Items?.map((item) => item.sk?.S)).toEqual(['s3']);
    });

    test.each([
      ['sk = :p', {}],
      ['pk < :p', {}],
      ['pk = :p OR sk = :p', {}],
      ['pk = :p AND at = :p', {}],
      ['pk = :p AND sk <> :p', {}],
      ['pk = :p', { IndexName: 'none' }],
      ['pk = :p', { FilterExpression: 'sk = :p' }],
    ])('%s with %o is refused', async (condition, more) => {
      expect((await refusal(query(condition, p, more))).name).toBe('ValidationException');
    });

    test('a scan sees everything, also in segments that do not overlap', async () => {
      for (let at = 0; at < 20; at++) await put(key(`p${at}`, 's'));
      const scan = async (more: object) =>
        (await on.client.send(new ScanCommand({ TableName: on.table, ...more }))).Items ?? [];
      const all = await scan({});
      const halves = [
        ...(await scan({ Segment: 0, TotalSegments: 2 })),
        ...(await scan({ Segment: 1, TotalSegments: 2 })),
      ];
      const names = (items: typeof all) => items.map((item) => `${item.pk?.S}/${item.sk?.S}`).sort();
      expect(all).toHaveLength(ranks.length + 21);
      expect(names(halves)).toEqual(names(all));
    });

    function ownerIndex(index = 'rank') {
      return { IndexName: index, ExpressionAttributeNames: { '#o': 'owner' } };
    }
  });
}
