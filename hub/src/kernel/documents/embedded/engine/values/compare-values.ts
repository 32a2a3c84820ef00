import { type AttributeValue, type Item, membersOf, typeOf } from './attribute-value.ts';
import { sortableNumber } from './decimal.ts';

/** Below, at or above zero; undefined where the two have no order: other types, or types without one. */
export function compareValues(left: AttributeValue, right: AttributeValue): number | undefined {
  if ('S' in left && 'S' in right) return Buffer.compare(Buffer.from(left.S), Buffer.from(right.S));
  if ('N' in left && 'N' in right) return compareText(sortableNumber(left.N), sortableNumber(right.N));
  if ('B' in left && 'B' in right) {
    return Buffer.compare(Buffer.from(left.B, 'base64'), Buffer.from(right.B, 'base64'));
  }
  return undefined;
}

/** Equal in type and content; sets regardless of order. */
export function equalValues(left: AttributeValue, right: AttributeValue): boolean {
  if (typeOf(left) !== typeOf(right)) return false;
  if ('M' in left && 'M' in right) return equalMaps(left.M, right.M);
  if ('L' in left && 'L' in right) return equalLists(left.L, right.L);
  const members = membersOf(left);
  const others = membersOf(right);
  if (members && others) {
    const known = new Set(members);
    return members.length === others.length && others.every((member) => known.has(member));
  }
  return Object.values(left)[0] === Object.values(right)[0];
}

function equalMaps(left: Item, right: Item): boolean {
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => {
    const one = left[name];
    const other = Object.hasOwn(right, name) ? right[name] : undefined;
    return one !== undefined && other !== undefined && equalValues(one, other);
  });
}

function equalLists(left: readonly AttributeValue[], right: readonly AttributeValue[]): boolean {
  if (left.length !== right.length) return false;
  return left.every((element, at) => {
    const other = right[at];
    return other !== undefined && equalValues(element, other);
  });
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
