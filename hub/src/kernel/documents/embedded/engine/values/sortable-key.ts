import type { AttributeValue } from './attribute-value.ts';
import { sortableNumber } from './decimal.ts';

/** A key as SQLite keeps it: text and blobs compare by bytes, which is DynamoDB's order. */
export type SortableKey = string | Buffer;

const LAST_CODE_POINT = 0x10ffff;
const SURROGATES = { first: 0xd800, after: 0xe000 };
const LAST_BYTE = 0xff;

export function sortableKey(value: AttributeValue): SortableKey {
  if ('S' in value) return value.S;
  if ('N' in value) return sortableNumber(value.N);
  if ('B' in value) return Buffer.from(value.B, 'base64');
  throw new TypeError('only strings, numbers and binaries can be keys');
}

/** The first key after all those that begin with `prefix`; undefined when there is none. */
export function afterPrefix(prefix: SortableKey): SortableKey | undefined {
  return typeof prefix === 'string' ? afterText(prefix) : afterBytes(prefix);
}

function afterText(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === LAST_CODE_POINT) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  const next = last + 1 === SURROGATES.first ? SURROGATES.after : last + 1;
  return String.fromCodePoint(...points, next);
}

function afterBytes(prefix: Buffer): Buffer | undefined {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === LAST_BYTE) length--;
  if (length === 0) return undefined;
  const next = Buffer.from(prefix.subarray(0, length));
  next[length - 1] = (next[length - 1] ?? 0) + 1;
  return next;
}
