import { beforeEach, describe, expect, test } from 'vitest';
import type { Shelf } from './shelf.ts';

export function conditionsContract(on: Shelf): void {
  const { holds, key, put, refusal } = on;

  describe('conditions', () => {
    beforeEach(() =>
      put({
        ...key('p', 's'),
        n: { N: '5' },
        t: { S: 'hello' },
        m: { M: { deep: { L: [{ S: 'x' }, { N: '7' }] } } },
        words: { SS: ['a', 'b'] },
        yes: { BOOL: true },
      }),
    );

    test.each([
      ['n = :v', { ':v': { N: '5.0' } }, true],
      ['n <> :v', { ':v': { S: '5' } }, true],
      ['nope <> :v', { ':v': { N: '5' } }, true],
      ['nope = :v', { ':v': { N: '5' } }, false],
      ['n < :v', { ':v': { N: '10' } }, true],
      ['n > :v', { ':v': { S: '1' } }, false],
      ['n BETWEEN :a AND :b', { ':a': { N: '5' }, ':b': { N: '6' } }, true],
      ['n IN (:a, :b)', { ':a': { N: '4' }, ':b': { N: '5' } }, true],
      ['NOT n = :v', { ':v': { N: '5' } }, false],
      ['n = :v OR n = :w AND n = :w', { ':v': { N: '5' }, ':w': { N: '6' } }, true],
      ['(n = :v OR n = :w) AND n = :w', { ':v': { N: '5' }, ':w': { N: '6' } }, false],
      ['attribute_exists(m.deep[1])', {}, true],
      ['attribute_exists(m.deep[2])', {}, false],
      ['attribute_not_exists(nope)', {}, true],
      ['attribute_type(words, :v)', { ':v': { S: 'SS' } }, true],
      ['begins_with(t, :v)', { ':v': { S: 'he' } }, true],
      ['contains(t, :v)', { ':v': { S: 'ell' } }, true],
      ['contains(words, :v)', { ':v': { S: 'b' } }, true],
      ['contains(m.deep, :v)', { ':v': { N: '7' } }, true],
      ['size(t) = :v', { ':v': { N: '5' } }, true],
      ['size(m.deep) >= :v', { ':v': { N: '3' } }, false],
      ['words = :v', { ':v': { SS: ['b', 'a'] } }, true],
      ['m.deep[0] = :v', { ':v': { S: 'x' } }, true],
    ])('%s', async (condition, values, expected) => {
      expect(await holds(condition, values)).toBe(expected);
    });

    test('a failed condition says so in DynamoDB’s words, with the item when asked', async () => {
      const error = await refusal(
        put(key('p', 's'), {
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      expect(error).toMatchObject({
        name: 'ConditionalCheckFailedException',
        message: 'The conditional request failed',
        Item: { n: { N: '5' } },
      });
    });

    test.each([
      ['n =', {}, 'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "="'],
      [
        'n ! :v',
        { ':v': { N: '1' } },
        'Invalid ConditionExpression: Syntax error; token: "!", near: "n ! :v"',
      ],
      [
        'n = :w',
        { ':v': { N: '1' } },
        'Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: :w',
      ],
      [
        'n = :v',
        { ':v': { N: '1' }, ':w': { N: '1' } },
        'Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}',
      ],
      [
        'name = :v',
        { ':v': { N: '1' } },
        'Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: name',
      ],
      ['nonsense(n)', {}, 'Invalid ConditionExpression: Invalid function name; function: nonsense'],
      [
        'n BETWEEN :v AND :w',
        { ':v': { N: '2' }, ':w': { N: '1' } },
        'Invalid ConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}',
      ],
      [
        '((n = :v))',
        { ':v': { N: '1' } },
        'Invalid ConditionExpression: The expression has redundant parentheses;',
      ],
    ])('%s is refused', async (condition, values, message) => {
      expect(await refusal(holds(condition, values))).toMatchObject({
        name: 'ValidationException',
        message,
      });
    });
  });
}
