import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { describe, test } from 'vitest';
import { openDynamoDocuments } from '../../kernel/documents/dynamodb/open-dynamodb-documents.ts';
import { reservationsContract } from './reservations.contract.ts';

const endpoint = process.env.BUTIK_TEST_DYNAMODB;

if (endpoint) {
  // DynamoDB Local takes any credentials, but the SDK wants some.
  process.env.AWS_ACCESS_KEY_ID ??= 'local';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'local';
  reservationsContract('DynamoDB', async () => {
    const tablePrefix = `reservations-${process.pid}-`;
    const documents = openDynamoDocuments({ region: 'eu-north-1', endpoint, tablePrefix });
    return {
      documents,
      async close() {
        await documents.client.send(new DeleteTableCommand({ TableName: `${tablePrefix}inventory` }));
        await documents.close();
      },
    };
  });
} else {
  describe('reservations: DynamoDB', () => {
    test.skip('left out: BUTIK_TEST_DYNAMODB has no address of a DynamoDB');
  });
}
