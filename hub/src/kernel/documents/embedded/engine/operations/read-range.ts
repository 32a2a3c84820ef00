import { z } from 'zod';
import { invalid, invalidParameter } from '../dynamo-error.ts';
import type { Condition } from '../expressions/condition.ts';
import { evaluateCondition } from '../expressions/evaluate-condition.ts';
import type { KeyRange, SortBound } from '../expressions/key-condition.ts';
import { parseCondition } from '../expressions/parse-condition.ts';
import type { Path } from '../expressions/path.ts';
import type { Placeholders } from '../expressions/placeholders.ts';
import { parseProjection, project } from '../expressions/projection.ts';
import { MAX_PAGE } from '../limits.ts';
import type { ItemTable, RangeRow } from '../store/item-table.ts';
import { encodeIndexKey, encodeItemKey, pickKeys } from '../store/keys.ts';
import { type IndexDefinition, keyAttributes } from '../store/table-definition.ts';
import { attributeOf, type Item, typeOf } from '../values/attribute-value.ts';
import { readItem } from '../values/read-value.ts';
import type { SortableKey } from '../values/sortable-key.ts';
import { attributes, placeholders, tableName } from './requests.ts';

/** What Query and Scan share. */
export const rangeRequest = z.object({
  TableName: tableName,
  IndexName: z.string().optional(),
  Select: z.enum(['ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES', 'COUNT', 'SPECIFIC_ATTRIBUTES']).optional(),
  Limit: z.int().optional(),
  ConsistentRead: z.boolean().optional(),
  ExclusiveStartKey: attributes.optional(),
  FilterExpression: z.string().optional(),
  ProjectionExpression: z.string().optional(),
  ...placeholders,
});
type RangeRequest = z.infer<typeof rangeRequest>;

export interface RangeRead {
  readonly table: ItemTable;
  readonly index: IndexDefinition | undefined;
  /** Undefined for the whole table or index. */
  readonly keys: KeyRange | undefined;
  readonly filter: Condition | undefined;
  readonly projection: readonly Path[] | undefined;
  readonly descending: boolean;
  /** Rows that are none of this reader's business: other segments of a scan. */
  readonly skips?: (row: RangeRow) => boolean;
}

export function indexOf(table: ItemTable, request: RangeRequest): IndexDefinition | undefined {
  if (request.Limit !== undefined && request.Limit < 1) {
    throw invalid('Limit must be greater than or equal to 1');
  }
  if (request.IndexName === undefined) return undefined;
  const index = table.definition.indexes.find(({ name }) => name === request.IndexName);
  if (!index) throw invalid(`The table does not have the specified index: ${request.IndexName}`);
  if (request.ConsistentRead && !index.local) {
    throw invalid('Consistent reads are not supported on global secondary indexes');
  }
  if (request.Select === 'ALL_ATTRIBUTES' && !index.local && index.projection !== 'ALL') {
    throw invalidParameter(
      `Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`,
    );
  }
  return index;
}

export function projectionOfRange(
  table: ItemTable,
  index: IndexDefinition | undefined,
  request: RangeRequest,
  filled: Placeholders,
): readonly Path[] | undefined {
  const { ProjectionExpression: text, Select } = request;
  if (text === undefined) {
    if (Select !== 'SPECIFIC_ATTRIBUTES') return undefined;
    throw invalid(
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    );
  }
  if (Select === 'COUNT') {
    throw invalid('Cannot specify the ProjectionExpression when choosing to get only the Count');
  }
  if (Select !== undefined && Select !== 'SPECIFIC_ATTRIBUTES') {
    throw invalid(`Cannot specify the ProjectionExpression when choosing to get ${Select}`);
  }
  const paths = parseProjection(text, filled);
  const visible = index && !index.local ? visibleNames(table, index) : undefined;
  const hidden = visible && paths.map((path) => String(path[0])).filter((name) => !visible.has(name));
  if (hidden && hidden.length > 0) {
    throw invalidParameter(`Global secondary index ${index?.name} does not project [${hidden.join(', ')}]`);
  }
  return paths;
}

export function filterOf(request: RangeRequest, filled: Placeholders): Condition | undefined {
  const text = request.FilterExpression;
  return text === undefined ? undefined : parseCondition('FilterExpression', text, filled);
}

/** One page: up to `Limit` items looked at, and not much more than 1 MB of them. */
export function readRange(read: RangeRead, request: RangeRequest): object {
  const { table, index, keys, filter, projection } = read;
  const counting = request.Select === 'COUNT';
  const view = viewOf(table, index, request);
  const items: Item[] = [];
  const page = { count: 0, scanned: 0, size: 0, last: undefined as Item | undefined };
  const rows = table.range({
    index,
    hash: keys?.hash,
    sort: keys?.sort ?? [],
    after: startOf(table, index, keys, request),
    descending: read.descending,
  });
  for (const row of rows) {
    if (read.skips?.(row)) continue;
    const stored = JSON.parse(row.item) as Item;
    const item = view ? project(stored, view) : stored;
    page.scanned++;
    page.size += row.size;
    if (!filter || evaluateCondition(filter, item)) {
      page.count++;
      if (!counting) items.push(projection ? project(stored, projection) : item);
    }
    if (page.scanned === request.Limit || page.size > MAX_PAGE) {
      page.last = pickKeys(stored, table.definition, ...(index ? [index] : []));
      break;
    }
  }
  return {
    ...(counting ? {} : { Items: items }),
    Count: page.count,
    ScannedCount: page.scanned,
    ...(page.last ? { LastEvaluatedKey: page.last } : {}),
  };
}

/** What an index shows of an item; undefined for all of it. A local index can look into the table. */
function viewOf(
  table: ItemTable,
  index: IndexDefinition | undefined,
  request: RangeRequest,
): readonly Path[] | undefined {
  if (!index || (index.local && request.Select === 'ALL_ATTRIBUTES')) return undefined;
  const visible = visibleNames(table, index);
  return visible && Array.from(visible, (name) => [name]);
}

function visibleNames(table: ItemTable, index: IndexDefinition): ReadonlySet<string> | undefined {
  if (index.projection === 'ALL') return undefined;
  const keys = [...keyAttributes(table.definition), ...keyAttributes(index)].map(({ name }) => name);
  return new Set([...keys, ...index.include]);
}

function startOf(
  table: ItemTable,
  index: IndexDefinition | undefined,
  keys: KeyRange | undefined,
  request: RangeRequest,
) {
  if (!request.ExclusiveStartKey) return undefined;
  const start = readItem(request.ExclusiveStartKey);
  const shapes = index ? [table.definition, index] : [table.definition];
  const expected = new Map(shapes.flatMap(keyAttributes).map(({ name, type }) => [name, type]));
  const fits =
    Object.keys(start).length === expected.size &&
    Array.from(expected).every(([name, type]) => {
      const value = attributeOf(start, name);
      return value && typeOf(value) === type;
    });
  if (!fits)
    throw invalid('The provided starting key is invalid: The provided key element does not match the schema');
  const key = encodeItemKey(table.definition, start);
  const indexKey = index && encodeIndexKey(index, start);
  const place = indexKey ?? key;
  if (keys && compareKeys(place.hash, keys.hash) !== 0) {
    throw invalid('The provided starting key is outside query boundaries based on provided conditions');
  }
  if (keys && !keys.sort.every((bound) => within(place.sort, bound))) {
    throw invalid('The provided starting key does not match the range key predicate');
  }
  return { key, indexKey };
}

function within(key: SortableKey, bound: SortBound): boolean {
  const order = compareKeys(key, bound.key);
  if (bound.operator === '=') return order === 0;
  if (bound.operator === '<') return order < 0;
  if (bound.operator === '<=') return order <= 0;
  return bound.operator === '>' ? order > 0 : order >= 0;
}

function compareKeys(one: SortableKey, other: SortableKey): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
