import { z } from 'zod';
import { DynamoError, invalid, invalidParameter } from '../dynamo-error.ts';
import { MAX_INDEXES } from '../limits.ts';
import {
  type IndexDefinition,
  type KeyAttribute,
  type KeyShape,
  keyAttributes,
  type TableDefinition,
} from '../store/table-definition.ts';
import { assertTableName } from '../store/table-name.ts';
import { describeTable } from './describe.ts';
import type { Operation } from './operation.ts';
import { parseRequest, tableName } from './requests.ts';

export const attributeDefinitions = z.array(
  z.object({ AttributeName: z.string().min(1).max(255), AttributeType: z.enum(['S', 'N', 'B']) }),
);
const keySchema = z
  .array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }))
  .min(1)
  .max(2);
export const indexRequest = z.object({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.object({
    ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
});
const request = z.object({
  TableName: tableName,
  AttributeDefinitions: attributeDefinitions,
  KeySchema: keySchema,
  GlobalSecondaryIndexes: z.array(indexRequest).optional(),
  LocalSecondaryIndexes: z.array(indexRequest).optional(),
  BillingMode: z.enum(['PAY_PER_REQUEST', 'PROVISIONED']).optional(),
  ProvisionedThroughput: z
    .object({ ReadCapacityUnits: z.int().min(1), WriteCapacityUnits: z.int().min(1) })
    .optional(),
});
type Definitions = z.infer<typeof attributeDefinitions>;

export const createTable: Operation = {
  writes: true,
  run({ store, nowMs }, input) {
    const parsed = parseRequest(request, input);
    assertTableName(parsed.TableName);
    if (store.find(parsed.TableName)) {
      throw new DynamoError('ResourceInUseException', `Table already exists: ${parsed.TableName}`);
    }
    const definition = definitionOf(parsed, nowMs);
    return { TableDescription: describeTable(store.create(definition)) };
  },
};

function definitionOf(parsed: z.infer<typeof request>, nowMs: number): TableDefinition {
  const shape = keyShape(parsed.KeySchema, parsed.AttributeDefinitions);
  const locals = (parsed.LocalSecondaryIndexes ?? []).map((index) => ({ index, local: true }));
  const globals = (parsed.GlobalSecondaryIndexes ?? []).map((index) => ({ index, local: false }));
  const indexes = [...locals, ...globals].map(({ index, local }, number) =>
    indexDefinition(index, local, number, parsed.AttributeDefinitions),
  );
  const names = indexes.map(({ name }) => name);
  if (indexes.length > MAX_INDEXES || new Set(names).size < names.length) {
    throw invalidParameter(`Duplicate index name, or more than ${MAX_INDEXES} indexes`);
  }
  const strange = indexes.find((index) => index.local && index.hash.name !== shape.hash.name);
  if (strange) {
    throw invalidParameter(
      `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${strange.name}`,
    );
  }
  const used = new Set([shape, ...indexes].flatMap(keyAttributes).map(({ name }) => name));
  if (used.size !== parsed.AttributeDefinitions.length) {
    throw invalidParameter(
      'Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
    );
  }
  const { ReadCapacityUnits: read = 0, WriteCapacityUnits: write = 0 } = parsed.ProvisionedThroughput ?? {};
  return {
    name: parsed.TableName,
    createdMs: nowMs,
    ...shape,
    indexes,
    billing: parsed.BillingMode ?? 'PROVISIONED',
    throughput: { read, write },
  };
}

export function indexDefinition(
  index: z.infer<typeof indexRequest>,
  local: boolean,
  number: number,
  definitions: Definitions,
): IndexDefinition {
  assertTableName(index.IndexName);
  const { ProjectionType, NonKeyAttributes = [] } = index.Projection;
  if ((ProjectionType === 'INCLUDE') !== NonKeyAttributes.length > 0) {
    throw invalidParameter(
      `ProjectionType is ${ProjectionType}, but NonKeyAttributes is ${NonKeyAttributes.length > 0 ? '' : 'not '}specified`,
    );
  }
  return {
    name: index.IndexName,
    local,
    number,
    ...keyShape(index.KeySchema, definitions),
    projection: ProjectionType,
    include: NonKeyAttributes,
  };
}

function keyShape(schema: z.infer<typeof keySchema>, definitions: Definitions): KeyShape {
  const [hash, sort] = schema;
  if (hash?.KeyType !== 'HASH' || (sort && sort.KeyType !== 'RANGE')) {
    throw invalid(
      'Invalid KeySchema: The first KeySchemaElement is not a HASH key type, or the second not a RANGE',
    );
  }
  return {
    hash: keyAttribute(hash.AttributeName, definitions),
    ...(sort ? { sort: keyAttribute(sort.AttributeName, definitions) } : {}),
  };
}

function keyAttribute(name: string, definitions: Definitions): KeyAttribute {
  const definition = definitions.find(({ AttributeName }) => AttributeName === name);
  if (!definition) {
    throw invalidParameter(
      `Some index key attributes are not defined in AttributeDefinitions. Keys: [${name}]`,
    );
  }
  return { name, type: definition.AttributeType };
}
