import { type AttributeValue, attributeOf, type Item } from '../values/attribute-value.ts';
import type { Placeholders } from './placeholders.ts';
import { isReserved } from './reserved-words.ts';
import type { Tokens } from './tokens.ts';

/** Names and list positions from the item inwards; the first is always a name. */
export type Path = readonly (string | number)[];

export function parsePath(tokens: Tokens, placeholders: Placeholders): Path {
  const path: (string | number)[] = [parseName(tokens, placeholders)];
  for (;;) {
    if (tokens.accept('.')) {
      path.push(parseName(tokens, placeholders));
    } else if (tokens.accept('[')) {
      if (tokens.next.kind !== 'index') throw tokens.unexpected();
      path.push(Number(tokens.take().text));
      tokens.expect(']');
    } else {
      return path;
    }
  }
}

export function valueAt(item: Item, path: Path): AttributeValue | undefined {
  let value: AttributeValue | undefined = { M: item };
  for (const step of path) {
    if (value === undefined) return undefined;
    value = child(value, step);
  }
  return value;
}

/** `[a, [0], b]`, as DynamoDB writes a path in its answers. */
export function pathText(path: Path): string {
  return `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`;
}

/** Refuses paths of which one holds the other, or that take one value for a map and for a list. */
export function assertDistinct(paths: readonly Path[], tokens: Tokens): void {
  paths.forEach((two, at) => {
    for (const one of paths.slice(0, at)) {
      const clash = clashOf(one, two);
      if (!clash) continue;
      throw tokens.refusal(
        `Two document paths ${clash} with each other; must remove or rewrite one of these paths; ` +
          `path one: ${pathText(one)}, path two: ${pathText(two)}`,
      );
    }
  });
}

function parseName(tokens: Tokens, placeholders: Placeholders): string {
  const token = tokens.next;
  if (token.kind === 'name') return placeholders.name(tokens.take().text, tokens);
  if (token.kind !== 'word') throw tokens.unexpected();
  if (isReserved(token.text)) {
    throw tokens.refusal(`Attribute name is a reserved keyword; reserved keyword: ${token.text}`);
  }
  return tokens.take().text;
}

function child(value: AttributeValue, step: string | number): AttributeValue | undefined {
  if (typeof step === 'number') return 'L' in value ? value.L[step] : undefined;
  return 'M' in value ? attributeOf(value.M, step) : undefined;
}

function clashOf(one: Path, two: Path): 'overlap' | 'conflict' | undefined {
  for (let at = 0; at < Math.min(one.length, two.length); at++) {
    if (typeof one[at] !== typeof two[at]) return 'conflict';
    if (one[at] !== two[at]) return undefined;
  }
  return 'overlap';
}
