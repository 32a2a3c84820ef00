import { z } from 'zod';
import { DynamoError, invalid } from '../dynamo-error.ts';
import { MAX_INDEXES } from '../limits.ts';
import type { ItemTable } from '../store/item-table.ts';
import { encodeIndexKey } from '../store/keys.ts';
import { type IndexDefinition, keyAttributes, type TableDefinition } from '../store/table-definition.ts';
import { attributeOf, type Item, typeOf } from '../values/attribute-value.ts';
import { valueSize } from '../values/item-size.ts';
import { attributeDefinitions, indexDefinition, indexRequest } from './create-table.ts';
import { describeTable } from './describe.ts';
import type { Operation } from './operation.ts';
import { parseRequest, tableName } from './requests.ts';
import { forEachItem } from './walk-items.ts';

const request = z.object({
  TableName: tableName,
  AttributeDefinitions: attributeDefinitions.optional(),
  BillingMode: z.enum(['PAY_PER_REQUEST', 'PROVISIONED']).optional(),
  GlobalSecondaryIndexUpdates: z
    .array(
      z.object({
        Create: indexRequest.optional(),
        Delete: z.object({ IndexName: z.string() }).optional(),
      }),
    )
    .max(1)
    .optional(),
});

/** One index comes or goes at a time, as in DynamoDB; a new one is full when the answer comes. */
export const updateTable: Operation = {
  writes: true,
  run({ store }, input) {
    const parsed = parseRequest(request, input);
    let table = store.table(parsed.TableName);
    for (const { Create, Delete } of parsed.GlobalSecondaryIndexUpdates ?? []) {
      if (Create) {
        if (table.definition.indexes.some(({ name }) => name === Create.IndexName)) {
          throw invalid(`Attempting to create an index which already exists: ${Create.IndexName}`);
        }
        const number = Math.max(-1, ...table.definition.indexes.map((index) => index.number)) + 1;
        const index = indexDefinition(Create, false, number, parsed.AttributeDefinitions ?? []);
        if (table.definition.indexes.length >= MAX_INDEXES) {
          throw new DynamoError('LimitExceededException', `A table has at most ${MAX_INDEXES} indexes`);
        }
        table.createIndex(index);
        fill(table, index);
        table = store.redefine({ ...table.definition, indexes: [...table.definition.indexes, index] });
      }
      if (Delete) {
        const index = globalIndex(table.definition, Delete.IndexName);
        table.dropIndex(index);
        const left = table.definition.indexes.filter((other) => other !== index);
        table = store.redefine({ ...table.definition, indexes: left });
      }
    }
    if (parsed.BillingMode) table = store.redefine({ ...table.definition, billing: parsed.BillingMode });
    return { TableDescription: describeTable(table) };
  },
};

function globalIndex(definition: TableDefinition, name: string): IndexDefinition {
  const index = definition.indexes.find((candidate) => !candidate.local && candidate.name === name);
  if (index) return index;
  throw new DynamoError(
    'ResourceNotFoundException',
    `Requested resource not found: Index: ${name} not found`,
  );
}

/** Items that were there before and do not fit the index stay out of it. */
function fill(table: ItemTable, index: IndexDefinition): void {
  forEachItem(table, ({ id, key, item }) => {
    const entry = fits(index, item) ? encodeIndexKey(index, item) : undefined;
    if (entry) table.enter(index, id, key, entry);
  });
}

function fits(index: IndexDefinition, item: Item): boolean {
  return keyAttributes(index).every(({ name, type }) => {
    const value = attributeOf(item, name);
    return value !== undefined && typeOf(value) === type && valueSize(value) > 0;
  });
}
