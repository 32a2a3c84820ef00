import { invalid, invalidParameter } from '../dynamo-error.ts';
import { MAX_HASH_KEY, MAX_SORT_KEY } from '../limits.ts';
import { type AttributeValue, attributeOf, type Item, typeOf } from '../values/attribute-value.ts';
import { valueSize } from '../values/item-size.ts';
import { type SortableKey, sortableKey } from '../values/sortable-key.ts';
import {
  type IndexDefinition,
  type KeyAttribute,
  type KeyShape,
  keyAttributes,
  type TableDefinition,
} from './table-definition.ts';

export interface EncodedKey {
  readonly hash: SortableKey;
  /** Empty where the table has no sort key: no real key can be empty. */
  readonly sort: SortableKey;
}

/** The key of a request's `Key`: exactly the table's key attributes. */
export function encodeKey(definition: TableDefinition, key: Item): EncodedKey {
  const attributes = keyAttributes(definition);
  const exact =
    Object.keys(key).length === attributes.length && attributes.every(({ name }) => Object.hasOwn(key, name));
  if (!exact) throw invalid('The provided key element does not match the schema');
  for (const attribute of attributes) {
    const value = attributeOf(key, attribute.name);
    if (value && typeOf(value) !== attribute.type) {
      throw invalid('The provided key element does not match the schema');
    }
  }
  return encodeItemKey(definition, key);
}

/** The key of a whole item, which has to have it. */
export function encodeItemKey(definition: TableDefinition, item: Item): EncodedKey {
  const parts = keyAttributes(definition).map((attribute) => {
    const value = attributeOf(item, attribute.name);
    if (!value) throw invalidParameter(`Missing the key ${attribute.name} in the item`);
    if (typeOf(value) !== attribute.type) {
      throw invalidParameter(
        `Type mismatch for key ${attribute.name} expected: ${attribute.type} actual: ${typeOf(value)}`,
      );
    }
    assertNotEmpty(attribute, value);
    return value;
  });
  const [hash, sort] = parts as [AttributeValue, AttributeValue | undefined];
  if (valueSize(hash) > MAX_HASH_KEY) {
    throw invalidParameter(`Size of hashkey has exceeded the maximum size limit of ${MAX_HASH_KEY} bytes`);
  }
  if (sort && valueSize(sort) > MAX_SORT_KEY) {
    throw invalidParameter(
      `Aggregated size of all range keys has exceeded the size limit of ${MAX_SORT_KEY} bytes`,
    );
  }
  return { hash: sortableKey(hash), sort: sort ? sortableKey(sort) : '' };
}

/** The item's place in an index; undefined when it has none, because it lacks a key of the index. */
export function encodeIndexKey(index: KeyShape, item: Item): EncodedKey | undefined {
  const hash = attributeOf(item, index.hash.name);
  const sort = index.sort && attributeOf(item, index.sort.name);
  if (!hash || (index.sort && !sort)) return undefined;
  return { hash: sortableKey(hash), sort: sort ? sortableKey(sort) : '' };
}

/** An item may lack the keys of an index, but not have them with another type or empty. */
export function assertIndexKeys(indexes: readonly IndexDefinition[], item: Item): void {
  for (const index of indexes) {
    for (const attribute of keyAttributes(index)) {
      const value = attributeOf(item, attribute.name);
      if (!value) continue;
      if (typeOf(value) !== attribute.type) {
        throw invalidParameter(
          `Type mismatch for Index Key ${attribute.name} Expected: ${attribute.type} Actual: ${typeOf(value)} IndexName: ${index.name}`,
        );
      }
      if (valueSize(value) === 0) {
        throw invalid(
          'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
            `The AttributeValue for a key attribute cannot contain an empty ${emptyKind(attribute)} value. ` +
            `IndexName: ${index.name}, IndexKey: ${attribute.name}`,
        );
      }
      const limit = attribute === index.hash ? MAX_HASH_KEY : MAX_SORT_KEY;
      if (valueSize(value) > limit) {
        throw invalidParameter(
          `Size of index key ${attribute.name} has exceeded the maximum size limit of ${limit} bytes. IndexName: ${index.name}`,
        );
      }
    }
  }
}

export function assertNotEmpty(attribute: KeyAttribute, value: AttributeValue): void {
  if (valueSize(value) > 0) return;
  throw invalid(
    'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain ' +
      `an empty ${emptyKind(attribute)} value. Key: ${attribute.name}`,
  );
}

function emptyKind(attribute: KeyAttribute): string {
  return attribute.type === 'B' ? 'binary' : 'string';
}

/** The attributes of `item` that are keys of any of the shapes. */
export function pickKeys(item: Item, ...shapes: readonly KeyShape[]): Item {
  const picked = new Map<string, AttributeValue>();
  for (const { name } of shapes.flatMap(keyAttributes)) {
    const value = attributeOf(item, name);
    if (value) picked.set(name, value);
  }
  return Object.fromEntries(picked);
}
