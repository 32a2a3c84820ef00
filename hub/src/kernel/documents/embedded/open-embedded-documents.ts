import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Logger } from 'pino';
import type { Documents } from '../documents.ts';
import { openTable } from '../open-table.ts';
import { addDirectLine } from './endpoint/direct-line.ts';
import { groupRequests } from './endpoint/group-requests.ts';
import { startEndpoint } from './endpoint/start-endpoint.ts';
import { openEngine } from './engine/engine.ts';

/** The engine shares one machine with its client: what fails twice here does not heal by asking again. */
const ATTEMPTS = 3;
const SOCKETS = 64;
const REQUEST_TIMEOUT_MS = 30_000;

export interface EmbeddedDocumentsConfig {
  /** The folder of the database file, made when missing; one process at a time. */
  readonly directory: string | ':memory:';
  readonly tablePrefix?: string;
  readonly logger?: Logger;
  /** Epoch milliseconds; for the life of idempotency tokens and of items with a time to live. */
  readonly clock?: () => number;
}

/** Documents without any installation: DynamoDB's operations, kept in SQLite. */
export async function openEmbeddedDocuments(config: EmbeddedDocumentsConfig): Promise<Documents> {
  const { logger } = config;
  const engine = openEngine({
    directory: config.directory,
    clock: config.clock ?? Date.now,
    onFault: (fault, operation) => logger?.error({ err: fault, operation }, 'a documents request failed'),
  });
  const group = groupRequests(engine);
  const endpoint = await startEndpoint(engine, group, logger);
  const client = new DynamoDBClient({
    region: 'embedded',
    endpoint: endpoint.address,
    credentials: { accessKeyId: endpoint.accessKeyId, secretAccessKey: 'embedded' },
    // The key proves who asks. A signature would prove that nobody on the loopback changed the request, and
    // costs more than that is worth.
    signer: {
      async sign(request) {
        request.headers.authorization = `AWS4-HMAC-SHA256 Credential=${endpoint.accessKeyId}/`;
        return request;
      },
    },
    maxAttempts: ATTEMPTS,
    // A call's way through the client is worked out once for each operation, not for each call.
    cacheMiddleware: true,
    requestHandler: {
      requestTimeout: REQUEST_TIMEOUT_MS,
      httpAgent: { keepAlive: true, maxSockets: SOCKETS },
    },
  });
  addDirectLine(client, group.answer);
  return {
    client,
    openTable: (spec) => openTable(client, config.tablePrefix ?? '', spec),
    async close() {
      client.destroy();
      await endpoint.close();
      engine.close();
    },
  };
}
