import { type AttributeValue, attributeOf, type Item } from '../values/attribute-value.ts';
import { assertDistinct, type Path, parsePath } from './path.ts';
import type { Placeholders } from './placeholders.ts';
import { Tokens } from './tokens.ts';

export function parseProjection(text: string, placeholders: Placeholders): readonly Path[] {
  const tokens = new Tokens('ProjectionExpression', text);
  const paths = [parsePath(tokens, placeholders)];
  while (tokens.accept(',')) paths.push(parsePath(tokens, placeholders));
  tokens.expectEnd();
  assertDistinct(paths, tokens);
  return paths;
}

/** The parts of the item at `paths`, in their places; elements of a list move together. */
export function project(item: Item, paths: readonly Path[]): Item {
  return pickMap(item, paths);
}

function pickMap(map: Item, paths: readonly Path[]): Item {
  const picked: [string, AttributeValue][] = [];
  for (const [name, rests] of byFirstStep(paths)) {
    const value = typeof name === 'string' ? attributeOf(map, name) : undefined;
    const part = value && pick(value, rests);
    if (part) picked.push([String(name), part]);
  }
  return Object.fromEntries(picked);
}

function pick(value: AttributeValue, rests: readonly Path[]): AttributeValue | undefined {
  if (rests.some((rest) => rest.length === 0)) return value;
  if ('M' in value) {
    const map = pickMap(value.M, rests);
    return Object.keys(map).length > 0 ? { M: map } : undefined;
  }
  if (!('L' in value)) return undefined;
  const elements: AttributeValue[] = [];
  const steps = byFirstStep(rests);
  value.L.forEach((element, at) => {
    const deeper = steps.get(at);
    const part = deeper && pick(element, deeper);
    if (part) elements.push(part);
  });
  return elements.length > 0 ? { L: elements } : undefined;
}

function byFirstStep(paths: readonly Path[]): ReadonlyMap<string | number, readonly Path[]> {
  const groups = new Map<string | number, Path[]>();
  for (const [first, ...rest] of paths) {
    if (first === undefined) continue;
    const group = groups.get(first);
    if (group) group.push(rest);
    else groups.set(first, [rest]);
  }
  return groups;
}
