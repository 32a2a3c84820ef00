import { type AttributeValue, type Item, membersOf, typeOf } from '../values/attribute-value.ts';
import { compareValues, equalValues } from '../values/compare-values.ts';
import type { Comparator, Condition, Operand, Predicate } from './condition.ts';
import { valueAt } from './path.ts';

/** Whether the item meets the condition; an item that is not there is an empty one. */
export function evaluateCondition(condition: Condition, item: Item): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.parts.every((part) => evaluateCondition(part, item));
    case 'or':
      return condition.parts.some((part) => evaluateCondition(part, item));
    case 'not':
      return !evaluateCondition(condition.part, item);
    case 'group':
      return evaluateCondition(condition.part, item);
    case 'compare':
      return compares(condition.comparator, resolve(condition.left, item), resolve(condition.right, item));
    case 'between': {
      const value = resolve(condition.operand, item);
      return (
        compares('>=', value, resolve(condition.low, item)) &&
        compares('<=', value, resolve(condition.high, item))
      );
    }
    case 'in': {
      const value = resolve(condition.operand, item);
      return condition.options.some((option) => compares('=', value, resolve(option, item)));
    }
    case 'call': {
      const [subject, argument] = condition.operands.map((operand) => resolve(operand, item));
      return holds(condition.predicate, subject, argument);
    }
  }
}

function resolve(operand: Operand, item: Item): AttributeValue | undefined {
  if (operand.kind === 'value') return operand.value;
  if (operand.kind === 'path') return valueAt(item, operand.path);
  const value = resolve(operand.of, item);
  const size = value && sizeOf(value);
  return size === undefined ? undefined : { N: String(size) };
}

/** Characters, bytes or elements, by type; numbers and booleans have no size. */
function sizeOf(value: AttributeValue): number | undefined {
  if ('S' in value) return value.S.length;
  if ('B' in value) return Buffer.byteLength(value.B, 'base64');
  if ('L' in value) return value.L.length;
  if ('M' in value) return Object.keys(value.M).length;
  return membersOf(value)?.length;
}

function compares(
  comparator: Comparator,
  left: AttributeValue | undefined,
  right: AttributeValue | undefined,
): boolean {
  if (comparator === '<>') return !(left && right && equalValues(left, right));
  if (!left || !right) return false;
  if (comparator === '=') return equalValues(left, right);
  const order = compareValues(left, right);
  if (order === undefined) return false;
  if (comparator === '<') return order < 0;
  if (comparator === '<=') return order <= 0;
  return comparator === '>' ? order > 0 : order >= 0;
}

function holds(
  predicate: Predicate,
  subject: AttributeValue | undefined,
  argument: AttributeValue | undefined,
): boolean {
  if (predicate === 'attribute_exists') return subject !== undefined;
  if (predicate === 'attribute_not_exists') return subject === undefined;
  if (!subject || !argument) return false;
  if (predicate === 'attribute_type') return 'S' in argument && typeOf(subject) === argument.S;
  return predicate === 'begins_with' ? beginsWith(subject, argument) : contains(subject, argument);
}

function beginsWith(subject: AttributeValue, prefix: AttributeValue): boolean {
  if ('S' in subject && 'S' in prefix) return subject.S.startsWith(prefix.S);
  if (!('B' in subject && 'B' in prefix)) return false;
  const start = Buffer.from(prefix.B, 'base64');
  return Buffer.from(subject.B, 'base64').subarray(0, start.length).equals(start);
}

function contains(subject: AttributeValue, sought: AttributeValue): boolean {
  if ('S' in subject && 'S' in sought) return subject.S.includes(sought.S);
  if ('B' in subject && 'B' in sought) {
    return Buffer.from(subject.B, 'base64').includes(Buffer.from(sought.B, 'base64'));
  }
  if ('L' in subject) return subject.L.some((element) => equalValues(element, sought));
  if ('SS' in subject && 'S' in sought) return subject.SS.includes(sought.S);
  if ('NS' in subject && 'N' in sought) return subject.NS.includes(sought.N);
  return 'BS' in subject && 'B' in sought && subject.BS.includes(sought.B);
}
