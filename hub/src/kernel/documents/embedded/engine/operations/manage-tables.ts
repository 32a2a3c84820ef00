import { z } from 'zod';
import { DynamoError } from '../dynamo-error.ts';
import type { ItemTable } from '../store/item-table.ts';
import type { Store } from '../store/store.ts';
import { describeTable as describe } from './describe.ts';
import type { Operation } from './operation.ts';
import { parseRequest, tableName } from './requests.ts';

const MAX_NAMES = 100;
const oneTable = z.object({ TableName: tableName });
const listRequest = z.object({
  ExclusiveStartTableName: z.string().optional(),
  Limit: z.int().min(1).max(MAX_NAMES).optional(),
});

export const describeTable: Operation = {
  writes: false,
  run: ({ store }, input) => ({
    Table: describe(namedTable(store, parseRequest(oneTable, input).TableName)),
  }),
};

export const deleteTable: Operation = {
  writes: true,
  run({ store }, input) {
    const table = namedTable(store, parseRequest(oneTable, input).TableName);
    const description = describe(table);
    store.drop(table.definition.name);
    return { TableDescription: { ...description, TableStatus: 'DELETING' } };
  },
};

export const listTables: Operation = {
  writes: false,
  run({ store }, input) {
    const { ExclusiveStartTableName = '', Limit = MAX_NAMES } = parseRequest(listRequest, input);
    const found = store.names(ExclusiveStartTableName, Limit + 1);
    const names = found.slice(0, Limit);
    const more = found.length > names.length ? { LastEvaluatedTableName: names.at(-1) } : {};
    return { TableNames: names, ...more };
  },
};

/** Requests about a table say its name when it is not there; requests on its items do not. */
function namedTable(store: Store, name: string): ItemTable {
  const table = store.find(name);
  if (table) return table;
  throw new DynamoError(
    'ResourceNotFoundException',
    `Requested resource not found: Table: ${name} not found`,
  );
}
