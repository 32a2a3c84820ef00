import { invalid } from '../dynamo-error.ts';
import { type AttributeValue, type Item, membersOf, setOf } from '../values/attribute-value.ts';
import { addNumbers } from '../values/decimal.ts';
import { type Path, valueAt } from './path.ts';
import type { UpdateAction, UpdateOperand } from './update.ts';

/**
 * The item after the update. All operands are read from the item as it was; then values are set,
 * then what is removed goes, last list positions first, so that positions mean those of the old item.
 */
export function applyUpdate(item: Item, actions: readonly UpdateAction[]): Item {
  const sets: { path: Path; value: AttributeValue }[] = [];
  const removals: Path[] = [];
  for (const action of actions) {
    const value = outcome(action, item);
    if (value === 'remove') removals.push(action.path);
    else if (value !== 'leave') sets.push({ path: action.path, value });
  }
  if (sets.length === 0 && removals.length === 0) return item;
  const members = new Map(Object.entries(item));
  for (const { path, value } of sets.sort((a, b) => comparePaths(a.path, b.path))) {
    writeMember(members, path, value);
  }
  for (const path of removals.sort((a, b) => comparePaths(b, a))) writeMember(members, path, undefined);
  return Object.fromEntries(members);
}

function outcome(action: UpdateAction, item: Item): AttributeValue | 'remove' | 'leave' {
  if (action.kind === 'remove') return 'remove';
  if (action.kind === 'set') return evaluate(action.operand, item);
  const current = valueAt(item, action.path);
  return action.kind === 'add' ? added(current, action.value) : withoutMembers(current, action.value);
}

function evaluate(operand: UpdateOperand, item: Item): AttributeValue {
  switch (operand.kind) {
    case 'value':
      return operand.value;
    case 'path': {
      const value = valueAt(item, operand.path);
      if (!value) {
        throw invalid('The provided expression refers to an attribute that does not exist in the item');
      }
      return value;
    }
    case 'if-not-exists':
      return valueAt(item, operand.path) ?? evaluate(operand.otherwise, item);
    case 'list-append': {
      const left = evaluate(operand.left, item);
      const right = evaluate(operand.right, item);
      if (!('L' in left && 'L' in right)) throw wrongOperand();
      return { L: [...left.L, ...right.L] };
    }
    default: {
      const left = evaluate(operand.left, item);
      const right = evaluate(operand.right, item);
      if (!('N' in left && 'N' in right)) throw wrongOperand();
      return { N: addNumbers(left.N, right.N, operand.kind === 'plus' ? 1 : -1) };
    }
  }
}

function added(current: AttributeValue | undefined, value: AttributeValue): AttributeValue {
  if (!current) return value;
  if ('N' in current && 'N' in value) return { N: addNumbers(current.N, value.N, 1) };
  const [type, members, more] = sameSets(current, value);
  return setOf(type, [...new Set([...members, ...more])]);
}

function withoutMembers(
  current: AttributeValue | undefined,
  value: AttributeValue,
): AttributeValue | 'remove' | 'leave' {
  if (!current) return 'leave';
  const [type, members, gone] = sameSets(current, value);
  const left = members.filter((member) => !gone.includes(member));
  return left.length === 0 ? 'remove' : setOf(type, left);
}

function sameSets(
  one: AttributeValue,
  other: AttributeValue,
): readonly ['SS' | 'NS' | 'BS', readonly string[], readonly string[]] {
  const members = membersOf(one);
  const others = membersOf(other);
  const type = (['SS', 'NS', 'BS'] as const).find((tag) => tag in one && tag in other);
  if (!members || !others || !type) throw wrongOperand();
  return [type, members, others];
}

/** Puts `value` at `path` into the members of a map, or takes out what is there. */
function writeMember(
  members: Map<string, AttributeValue>,
  [name, ...rest]: Path,
  value: AttributeValue | undefined,
): void {
  if (typeof name !== 'string') throw wrongPath();
  const next = rest.length > 0 ? write(existing(members.get(name)), rest, value) : value;
  if (next) members.set(name, next);
  else members.delete(name);
}

/** `container` with `value` at `path`, or without what is there; only the last step may be new. */
function write(container: AttributeValue, path: Path, value: AttributeValue | undefined): AttributeValue {
  const [step, ...rest] = path;
  if ('M' in container) {
    const members = new Map(Object.entries(container.M));
    writeMember(members, path, value);
    return { M: Object.fromEntries(members) };
  }
  if (typeof step === 'number' && 'L' in container) {
    const elements = [...container.L];
    // Beyond the end means at the end: lists have no holes.
    const at = Math.min(step, elements.length);
    const next = rest.length > 0 ? write(existing(elements[step]), rest, value) : value;
    if (next) elements[at] = next;
    else elements.splice(at, 1);
    return { L: elements };
  }
  throw wrongPath();
}

function existing(value: AttributeValue | undefined): AttributeValue {
  if (!value) throw wrongPath();
  return value;
}

/** Names in any order, positions of the same list by number. */
function comparePaths(one: Path, other: Path): number {
  for (let at = 0; at < Math.min(one.length, other.length); at++) {
    const a = one[at];
    const b = other[at];
    if (a === b) continue;
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    return String(a) < String(b) ? -1 : 1;
  }
  return one.length - other.length;
}

function wrongOperand(): Error {
  return invalid('An operand in the update expression has an incorrect data type');
}

function wrongPath(): Error {
  return invalid('The document path provided in the update expression is invalid for update');
}
