import { type AttributeValue, TYPE_TAGS, typeOf } from '../values/attribute-value.ts';
import { compareValues } from '../values/compare-values.ts';
import type { Comparator, Operand, Predicate } from './condition.ts';
import { pathText } from './path.ts';
import type { Tokens } from './tokens.ts';

const ARITY: Readonly<Record<Predicate, number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
};
const ORDERED: ReadonlySet<string> = new Set(['S', 'N', 'B']);

/** Constants that no item could make right are refused before any item is looked at. */
export function checkComparison(comparator: Comparator, left: Operand, right: Operand, tokens: Tokens): void {
  checkDistinct(comparator, left, right, tokens);
  if (comparator === '=' || comparator === '<>') return;
  for (const operand of [left, right]) {
    if (operand.kind === 'value' && !ORDERED.has(typeOf(operand.value))) {
      throw wrongType(comparator, typeOf(operand.value), tokens);
    }
  }
}

export function checkBetween(low: Operand, high: Operand, tokens: Tokens): void {
  if (low.kind !== 'value' || high.kind !== 'value') return;
  for (const { value } of [low, high]) {
    if (!ORDERED.has(typeOf(value))) throw wrongType('BETWEEN', typeOf(value), tokens);
  }
  const order = compareValues(low.value, high.value);
  const bounds =
    `lower bound operand: AttributeValue: ${valueText(low.value)}, ` +
    `upper bound operand: AttributeValue: ${valueText(high.value)}`;
  if (order === undefined) {
    throw tokens.refusal(
      `The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`,
    );
  }
  if (order > 0) {
    throw tokens.refusal(
      `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`,
    );
  }
}

export function checkCall(predicate: Predicate, operands: readonly Operand[], tokens: Tokens): void {
  if (operands.length !== ARITY[predicate]) throw wrongArity(predicate, operands.length, tokens);
  const [first, second] = operands;
  if (predicate === 'attribute_exists' || predicate === 'attribute_not_exists') {
    if (first?.kind !== 'path') throw needsPath(predicate, tokens);
    return;
  }
  if (first && second) checkDistinct(predicate, first, second, tokens);
  if (predicate === 'attribute_type') checkTypeName(second, tokens);
  if (predicate !== 'begins_with') return;
  for (const operand of operands) {
    if (operand.kind !== 'value' || 'S' in operand.value || 'B' in operand.value) continue;
    throw wrongType(predicate, typeOf(operand.value), tokens);
  }
}

export function needsPath(name: string, tokens: Tokens): Error {
  return tokens.refusal(`Operator or function requires a document path; operator or function: ${name}`);
}

export function wrongArity(name: string, operands: number, tokens: Tokens): Error {
  return tokens.refusal(
    `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands}`,
  );
}

export function wrongType(name: string, type: string, tokens: Tokens): Error {
  return tokens.refusal(
    `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`,
  );
}

function checkTypeName(operand: Operand | undefined, tokens: Tokens): void {
  const value = operand?.kind === 'value' ? operand.value : undefined;
  if (!value || !('S' in value)) {
    throw wrongType('attribute_type', value ? typeOf(value) : `{${TYPE_TAGS.join(',')}}`, tokens);
  }
  if (!TYPE_TAGS.some((tag) => tag === value.S)) {
    throw tokens.refusal(
      `Invalid attribute type name found; type: ${value.S}, valid types: {${TYPE_TAGS.join(',')}}`,
    );
  }
}

function checkDistinct(name: string, left: Operand, right: Operand, tokens: Tokens): void {
  if (left.kind !== 'path' || right.kind !== 'path') return;
  if (pathText(left.path) !== pathText(right.path)) return;
  throw tokens.refusal(
    'The first operand must be distinct from the remaining operands for this operator or function; ' +
      `operator: ${name}, first operand: ${pathText(left.path)}`,
  );
}

function valueText(value: AttributeValue): string {
  return `{${typeOf(value)}:${Object.values(value)[0]}}`;
}
