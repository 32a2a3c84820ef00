import { invalid, invalidParameter } from '../dynamo-error.ts';
import { assertNotEmpty } from '../store/keys.ts';
import type { KeyAttribute, KeyShape } from '../store/table-definition.ts';
import { type AttributeValue, typeOf } from '../values/attribute-value.ts';
import { afterPrefix, type SortableKey, sortableKey } from '../values/sortable-key.ts';
import type { Comparator, Condition, Operand } from './condition.ts';
import { parseCondition } from './parse-condition.ts';
import type { Placeholders } from './placeholders.ts';

export interface SortBound {
  readonly operator: '=' | '<' | '<=' | '>' | '>=';
  readonly key: SortableKey;
}

export interface KeyRange {
  readonly hash: SortableKey;
  readonly sort: readonly SortBound[];
}

/** One test of one key attribute: an equality of the hash key, a range of the sort key. */
interface KeyTest {
  readonly name: string;
  readonly operator: Exclude<Comparator, '<>'> | 'BETWEEN' | 'begins_with';
  readonly values: readonly AttributeValue[];
}

const MIRRORED = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

/** The range of the table or index that a KeyConditionExpression asks for. */
export function parseKeyCondition(text: string, shape: KeyShape, placeholders: Placeholders): KeyRange {
  const condition = parseCondition('KeyConditionExpression', text, placeholders);
  const tests = conjuncts(condition).map(keyTest);
  if (new Set(tests.map((test) => test.name)).size < tests.length) {
    throw invalid('KeyConditionExpressions must only contain one condition per key');
  }
  if (tests.length > 2) throw invalid('Conditions can be of length 1 or 2 only');
  const hash = tests.find((test) => test.name === shape.hash.name);
  if (!hash) throw invalid(`Query condition missed key schema element: ${shape.hash.name}`);
  if (hash.operator !== '=') throw invalid('Query key condition not supported');
  const [hashKey] = sortableKeys(hash, shape.hash);
  if (hashKey === undefined) throw invalid('Query key condition not supported');
  const other = tests.find((test) => test !== hash);
  if (!other) return { hash: hashKey, sort: [] };
  if (!shape.sort || other.name !== shape.sort.name) {
    throw invalid(`Query condition missed key schema element: ${shape.sort?.name ?? other.name}`);
  }
  return { hash: hashKey, sort: sortBounds(other, shape.sort) };
}

function conjuncts(condition: Condition): readonly Condition[] {
  if (condition.kind === 'group') return conjuncts(condition.part);
  if (condition.kind === 'and') return condition.parts.flatMap(conjuncts);
  return [condition];
}

function keyTest(condition: Condition): KeyTest {
  switch (condition.kind) {
    case 'compare': {
      const { comparator, left, right } = condition;
      if (comparator === '<>') throw wrongOperator('<>');
      if (left.kind === 'value') {
        return { name: nameOf(right), operator: MIRRORED[comparator], values: [left.value] };
      }
      return { name: nameOf(left), operator: comparator, values: [valueFrom(right)] };
    }
    case 'between':
      return {
        name: nameOf(condition.operand),
        operator: 'BETWEEN',
        values: [valueFrom(condition.low), valueFrom(condition.high)],
      };
    case 'call': {
      const [subject, prefix] = condition.operands;
      if (condition.predicate !== 'begins_with' || !subject || !prefix)
        throw wrongOperator(condition.predicate);
      return { name: nameOf(subject), operator: 'begins_with', values: [valueFrom(prefix)] };
    }
    default:
      throw wrongOperator(condition.kind.toUpperCase());
  }
}

function sortBounds(test: KeyTest, attribute: KeyAttribute): readonly SortBound[] {
  const [first, second] = sortableKeys(test, attribute);
  if (first === undefined) throw invalid('Query key condition not supported');
  if (test.operator === 'BETWEEN' && second !== undefined) {
    return [
      { operator: '>=', key: first },
      { operator: '<=', key: second },
    ];
  }
  if (test.operator === 'begins_with') {
    const end = afterPrefix(first);
    const start: SortBound = { operator: '>=', key: first };
    return end === undefined ? [start] : [start, { operator: '<', key: end }];
  }
  return test.operator === 'BETWEEN' ? [] : [{ operator: test.operator, key: first }];
}

function sortableKeys(test: KeyTest, attribute: KeyAttribute): readonly SortableKey[] {
  return test.values.map((value) => {
    if (typeOf(value) !== attribute.type) {
      throw invalidParameter('Condition parameter type does not match schema type');
    }
    assertNotEmpty(attribute, value);
    return sortableKey(value);
  });
}

function nameOf(operand: Operand): string {
  if (operand.kind !== 'path')
    throw invalid('Invalid condition in KeyConditionExpression: No key attribute specified');
  const [name, ...deeper] = operand.path;
  if (typeof name !== 'string' || deeper.length > 0) {
    throw invalid(
      'Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes',
    );
  }
  return name;
}

function valueFrom(operand: Operand): AttributeValue {
  if (operand.kind === 'value') return operand.value;
  throw invalid(
    'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition',
  );
}

function wrongOperator(operator: string): Error {
  return invalid(`Invalid operator used in KeyConditionExpression: ${operator}`);
}
