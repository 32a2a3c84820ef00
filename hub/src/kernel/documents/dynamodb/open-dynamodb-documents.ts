import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Documents } from '../documents.ts';
import { openTable } from '../open-table.ts';

const ATTEMPTS = 4;
const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 5_000;
const SOCKETS = 64;

export interface DynamoDocumentsConfig {
  readonly region: string;
  /** For DynamoDB Local or a VPC endpoint; credentials come from the SDK's own chain. */
  readonly endpoint?: string;
  readonly tablePrefix?: string;
}

/** Documents in DynamoDB itself, or in DynamoDB Local. */
export function openDynamoDocuments(config: DynamoDocumentsConfig): Documents {
  const client = new DynamoDBClient({
    region: config.region,
    ...(config.endpoint ? { endpoint: config.endpoint } : {}),
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      // Without it a request that takes longer is only warned of, and a hanging engine never given up.
      throwOnRequestTimeout: true,
      httpsAgent: { keepAlive: true, maxSockets: SOCKETS },
      httpAgent: { keepAlive: true, maxSockets: SOCKETS },
    },
  });
  // Without a logger it logs nothing, but prepares every request and answer for its log.
  client.middlewareStack.remove('loggerMiddleware');
  return {
    client,
    openTable: (spec) => openTable(client, config.tablePrefix ?? '', spec),
    async close() {
      client.destroy();
    },
  };
}
