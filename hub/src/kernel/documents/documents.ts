import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { OneSchema, Table } from 'dynamodb-onetable';

/**
 * Where services keep their documents: DynamoDB, or the embedded engine that answers as DynamoDB does.
 *
 * What an adapter promises, and the contract suite checks: an acknowledged write survives the death of
 * the process; TransactWriteItems and TransactGetItems are whole; reads of the primary table and of its
 * indexes through `openTable` see what was acknowledged before (indexes: eventually, on real DynamoDB).
 */
export interface Documents {
  /** The SDK client, for what OneTable does not cover. Table names given to it carry the prefix: `table.name`. */
  readonly client: DynamoDBClient;
  /** Makes the table and the indexes that are missing and binds the schema to it. Safe to call at every start. */
  openTable<const Schema extends OneSchema>(spec: TableSpec<Schema>): Promise<Table<Schema>>;
  close(): Promise<void>;
}

export interface TableSpec<Schema extends OneSchema = OneSchema> {
  /** Without the prefix, as in SERVICES.md: `order-service`. */
  readonly name: string;
  /**
   * A OneTable schema: `format: 'onetable:1.1.0'`, a `version`, `indexes`
   * (`primary: { hash: 'pk', sort: 'sk' }`, `gs1?: { hash: 'gs1pk', sort: 'gs1sk', project: 'all' }`, …),
   * `models`, and `params`, where `timestamps` and `nulls` are off unless the schema turns them on.
   */
  readonly schema: Schema;
}
