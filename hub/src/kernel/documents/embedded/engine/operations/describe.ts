import type { ItemTable } from '../store/item-table.ts';
import { type IndexDefinition, type KeyShape, keyAttributes } from '../store/table-definition.ts';

const ARN = 'arn:aws:dynamodb:embedded:000000000000:table';

/** A table as DescribeTable shows it. Everything the engine does is done at once, so all states are ACTIVE. */
export function describeTable(table: ItemTable): object {
  const { definition } = table;
  const { indexes } = definition;
  const types = new Map(
    [definition, ...indexes].flatMap(keyAttributes).map(({ name, type }) => [name, type]),
  );
  const locals = indexes.filter((index) => index.local).map((index) => describeIndex(definition.name, index));
  const globals = indexes
    .filter((index) => !index.local)
    .map((index) => ({ ...describeIndex(definition.name, index), IndexStatus: 'ACTIVE' }));
  return {
    TableName: definition.name,
    TableArn: `${ARN}/${definition.name}`,
    TableStatus: 'ACTIVE',
    CreationDateTime: definition.createdMs / 1000,
    AttributeDefinitions: Array.from(types, ([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    KeySchema: keySchema(definition),
    BillingModeSummary: { BillingMode: definition.billing },
    ProvisionedThroughput: {
      NumberOfDecreasesToday: 0,
      ReadCapacityUnits: definition.throughput.read,
      WriteCapacityUnits: definition.throughput.write,
    },
    ItemCount: table.count(),
    ...(locals.length > 0 ? { LocalSecondaryIndexes: locals } : {}),
    ...(globals.length > 0 ? { GlobalSecondaryIndexes: globals } : {}),
  };
}

function describeIndex(table: string, index: IndexDefinition): object {
  return {
    IndexName: index.name,
    IndexArn: `${ARN}/${table}/index/${index.name}`,
    KeySchema: keySchema(index),
    Projection: {
      ProjectionType: index.projection,
      ...(index.include.length > 0 ? { NonKeyAttributes: index.include } : {}),
    },
  };
}

function keySchema(shape: KeyShape): object[] {
  return keyAttributes(shape).map(({ name }, at) => ({
    AttributeName: name,
    KeyType: at === 0 ? 'HASH' : 'RANGE',
  }));
}
