import { beforeEach, describe, expect, test } from 'vitest';
import type { Shelf } from './shelf.ts';

export function updatesContract(on: Shelf): void {
  const { get, key, put, refusal, update } = on;

  describe('updates', () => {
    beforeEach(() =>
      put({
        ...key('p', 's'),
        n: { N: '5' },
        l: { L: [{ N: '0' }, { N: '1' }, { N: '2' }] },
        m: { M: { a: { N: '1' } } },
        words: { SS: ['a', 'b'] },
      }),
    );

    test('SET reads the item as it was: arithmetic, defaults, appended lists, nested places', async () => {
      const after = await update(
        'SET n = n - :two, was = n, fresh = if_not_exists(fresh, :two), l = list_append(l, :more), m.b = :two',
        { ':two': { N: '2' }, ':more': { L: [{ N: '3' }] } },
      );
      expect(after).toMatchObject({
        n: { N: '3' },
        was: { N: '5' },
        fresh: { N: '2' },
        l: { L: [{ N: '0' }, { N: '1' }, { N: '2' }, { N: '3' }] },
        m: { M: { a: { N: '1' }, b: { N: '2' } } },
      });
    });

    test('REMOVE, ADD and DELETE: positions mean the old list, an emptied set is gone', async () => {
      const after = await update(
        'SET l[9] = :n REMOVE l[0], l[1], m.a ADD n :n, fresh :n DELETE words :words',
        {
          ':n': { N: '1.5' },
          ':words': { SS: ['a', 'b'] },
        },
      );
      expect(after).toEqual({
        ...key('p', 's'),
        n: { N: '6.5' },
        fresh: { N: '1.5' },
        l: { L: [{ N: '2' }, { N: '1.5' }] },
        m: { M: {} },
      });
    });

    test('an update makes the item that is not there, and returns what it is asked for', async () => {
      const asked = { Key: key('p', 'new'), ReturnValues: 'UPDATED_NEW' };
      expect(await update('ADD n :v', { ':v': { N: '1' } }, asked)).toEqual({ n: { N: '1' } });
      const old = { Key: key('p', 'new'), ReturnValues: 'UPDATED_OLD' };
      expect(await update('SET n = :v, o2 = :v', { ':v': { N: '2' } }, old)).toEqual({ n: { N: '1' } });
    });

    test.each([
      [
        'SET pk = :v',
        'One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key',
      ],
      ['SET a = b, c = :v', 'The provided expression refers to an attribute that does not exist in the item'],
      ['SET gone.deep = :v', 'The document path provided in the update expression is invalid for update'],
      ['SET n = words + :v', 'An operand in the update expression has an incorrect data type'],
      [
        'SET m.a = :v, m = :v',
        'Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m, a], path two: [m]',
      ],
      [
        'SET a = :v SET b = :v',
        'Invalid UpdateExpression: The "SET" section can only be used once in an update expression;',
      ],
      ['SET a :v', 'Invalid UpdateExpression: Syntax error; token: ":v", near: "a :v"'],
    ])('%s is refused and changes nothing', async (expression, message) => {
      const before = await get('p', 's');
      const error = await refusal(update(expression, { ':v': { N: '1' } }));
      expect(error).toMatchObject({ name: 'ValidationException', message });
      expect(await get('p', 's')).toEqual(before);
    });
  });
}
