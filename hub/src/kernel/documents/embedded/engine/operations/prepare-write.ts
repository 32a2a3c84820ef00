import { z } from 'zod';
import { DynamoError, invalid, invalidParameter } from '../dynamo-error.ts';
import { applyUpdate } from '../expressions/apply-update.ts';
import type { Condition } from '../expressions/condition.ts';
import { evaluateCondition } from '../expressions/evaluate-condition.ts';
import { parseCondition } from '../expressions/parse-condition.ts';
import { parseUpdate } from '../expressions/parse-update.ts';
import { Placeholders } from '../expressions/placeholders.ts';
import type { UpdateAction } from '../expressions/update.ts';
import { MAX_ITEM } from '../limits.ts';
import type { ItemTable, StoredItem } from '../store/item-table.ts';
import { assertIndexKeys, type EncodedKey, encodeItemKey, encodeKey } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import { keyAttributes } from '../store/table-definition.ts';
import type { Item } from '../values/attribute-value.ts';
import { itemSize } from '../values/item-size.ts';
import { readItem } from '../values/read-value.ts';
import { attributes, onConditionFailure, placeholders, tableName } from './requests.ts';

const conditioned = {
  TableName: tableName,
  ConditionExpression: z.string().optional(),
  ReturnValuesOnConditionCheckFailure: onConditionFailure,
  ...placeholders,
};
export const putRequest = z.object({ ...conditioned, Item: attributes });
export const deleteRequest = z.object({ ...conditioned, Key: attributes });
export const updateRequest = z.object({
  ...conditioned,
  Key: attributes,
  UpdateExpression: z.string().optional(),
});
export const checkRequest = z.object({ ...conditioned, Key: attributes, ConditionExpression: z.string() });

/** A write whose request is understood and valid in itself; what it does depends on the item it meets. */
export interface PreparedWrite {
  readonly table: ItemTable;
  readonly key: EncodedKey;
  readonly condition: Condition | undefined;
  readonly returnOldOnFailure: boolean;
  readonly actions: readonly UpdateAction[];
  /** The item to be, given the one that is; undefined for none. */
  readonly next: (old: Item | undefined) => Item | undefined;
}

export interface EvaluatedWrite {
  readonly write: PreparedWrite;
  readonly old: StoredItem | undefined;
  readonly next: Item | undefined;
  readonly size: number;
}

export function preparePut(store: Store, request: z.infer<typeof putRequest>): PreparedWrite {
  const table = store.table(request.TableName);
  const item = readItem(request.Item);
  const key = encodeItemKey(table.definition, item);
  assertSize(itemSize(item), 'Item size has exceeded the maximum allowed size');
  return { table, key, ...conditionOf(request), actions: [], next: () => item };
}

export function prepareDelete(store: Store, request: z.infer<typeof deleteRequest>): PreparedWrite {
  const table = store.table(request.TableName);
  const key = encodeKey(table.definition, readItem(request.Key));
  return { table, key, ...conditionOf(request), actions: [], next: () => undefined };
}

export function prepareCheck(store: Store, request: z.infer<typeof checkRequest>): PreparedWrite {
  return { ...prepareDelete(store, request), next: (old) => old };
}

export function prepareUpdate(store: Store, request: z.infer<typeof updateRequest>): PreparedWrite {
  const table = store.table(request.TableName);
  const keyItem = readItem(request.Key);
  const key = encodeKey(table.definition, keyItem);
  const { UpdateExpression, ConditionExpression } = request;
  const filled = new Placeholders(request, { UpdateExpression, ConditionExpression });
  const actions = UpdateExpression === undefined ? [] : parseUpdate(UpdateExpression, filled);
  const parsed = conditionOf(request, filled);
  for (const { name } of keyAttributes(table.definition)) {
    if (actions.some((action) => action.path[0] === name)) {
      throw invalidParameter(`Cannot update attribute ${name}. This attribute is part of the key`);
    }
  }
  return { table, key, ...parsed, actions, next: (old) => applyUpdate(old ?? keyItem, actions) };
}

/** What the write would do to the item as it is now. Throws when its condition or the item forbids it. */
export function evaluateWrite(write: PreparedWrite): EvaluatedWrite {
  const old = write.table.get(write.key);
  if (write.condition && !evaluateCondition(write.condition, old?.item ?? {})) {
    const members = write.returnOldOnFailure && old ? { Item: old.item } : {};
    throw new DynamoError('ConditionalCheckFailedException', 'The conditional request failed', members);
  }
  const next = write.next(old?.item);
  if (!next || next === old?.item) return { write, old, next, size: 0 };
  assertIndexKeys(write.table.definition.indexes, next);
  const size = itemSize(next);
  assertSize(size, 'Item size to update has exceeded the maximum allowed size');
  return { write, old, next, size };
}

export function applyWrite({ write, old, next, size }: EvaluatedWrite): void {
  if (next === old?.item) return;
  if (next) write.table.put(write.key, next, size, old);
  else if (old) write.table.remove(write.key, old);
}

function conditionOf(
  request: z.infer<typeof putRequest> | z.infer<typeof deleteRequest>,
  filled = new Placeholders(request, { ConditionExpression: request.ConditionExpression }),
): Pick<PreparedWrite, 'condition' | 'returnOldOnFailure'> {
  const text = request.ConditionExpression;
  const condition = text === undefined ? undefined : parseCondition('ConditionExpression', text, filled);
  filled.assertAllUsed();
  return { condition, returnOldOnFailure: request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' };
}

function assertSize(size: number, message: string): void {
  if (size > MAX_ITEM) throw invalid(message);
}
