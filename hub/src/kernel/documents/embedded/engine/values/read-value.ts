import { DynamoError, invalid, invalidParameter } from '../dynamo-error.ts';
import { MAX_NESTING } from '../limits.ts';
import { type AttributeValue, type Item, setOf, TYPE_TAGS, type TypeTag } from './attribute-value.ts';
import { normaliseNumber } from './decimal.ts';

/**
 * The attributes of a request, checked whole, numbers normalised. Over the wire binaries are base64; a client in
 * this process hands in bytes, and may hand in attributes that are undefined, which are none.
 */
export function readItem(input: unknown): Item {
  return readMap(input, 0);
}

export function readValue(input: unknown): AttributeValue {
  return readAt(input, 0);
}

function readMap(input: unknown, depth: number): Item {
  const attributes: [string, AttributeValue][] = [];
  for (const [name, value] of Object.entries(record(input))) {
    if (value !== undefined) attributes.push([name, readAt(value, depth)]);
  }
  return Object.fromEntries(attributes);
}

function readAt(input: unknown, depth: number): AttributeValue {
  const value = record(input);
  const tags = Object.keys(value).filter((tag): tag is TypeTag => TYPE_TAGS.includes(tag as TypeTag));
  const tag = tags[0];
  if (tag === undefined) {
    throw invalid('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  }
  if (tags.length > 1) {
    throw invalid(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  if (depth > MAX_NESTING) throw invalid('Nesting Levels have exceeded supported limits');
  return readTagged(tag, value[tag], depth);
}

function readTagged(tag: TypeTag, content: unknown, depth: number): AttributeValue {
  switch (tag) {
    case 'S':
      return { S: text(content) };
    case 'N':
      return { N: normaliseNumber(text(content)) };
    case 'B':
      return { B: binary(content) };
    case 'BOOL':
      if (typeof content !== 'boolean') throw unreadable('BOOL');
      return { BOOL: content };
    case 'NULL':
      if (content !== true) {
        throw invalidParameter('Null attribute value types must have the value of true');
      }
      return { NULL: true };
    case 'L':
      return { L: list(content).map((element) => readAt(element, depth + 1)) };
    case 'M':
      return { M: readMap(content, depth + 1) };
    default:
      return readSet(tag, list(content).map(text));
  }
}

const EMPTY_SET = {
  SS: 'An string set  may not be empty',
  NS: 'An number set  may not be empty',
  BS: 'Binary sets should not be empty',
} as const;

function readSet(tag: 'SS' | 'NS' | 'BS', content: readonly string[]): AttributeValue {
  if (content.length === 0) throw invalidParameter(EMPTY_SET[tag]);
  const members = tag === 'NS' ? content.map(normaliseNumber) : tag === 'BS' ? content.map(binary) : content;
  if (new Set(members).size < members.length) {
    if (tag === 'NS') throw invalid('Input collection contains duplicates');
    throw invalidParameter(
      `Input collection [${members.join(', ')}]${tag === 'BS' ? 'of type BS ' : ' '}contains duplicates.`,
    );
  }
  return setOf(tag, members);
}

function binary(content: unknown): string {
  if (content instanceof Uint8Array) {
    return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('base64');
  }
  const encoded = text(content);
  const canonical = Buffer.from(encoded, 'base64').toString('base64');
  if (canonical.replace(/=+$/, '') !== encoded.replace(/=+$/, '')) throw unreadable('Base64');
  return canonical;
}

function text(content: unknown): string {
  if (typeof content !== 'string') throw unreadable('String');
  return content;
}

function list(content: unknown): readonly unknown[] {
  if (!Array.isArray(content)) throw unreadable('List');
  return content;
}

function record(content: unknown): Record<string, unknown> {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) throw unreadable('Map');
  return content as Record<string, unknown>;
}

function unreadable(expected: string): DynamoError {
  return new DynamoError('SerializationException', `Unexpected value type: expected ${expected}`);
}
