import { describe, test } from 'vitest';
import { documentsContract } from '../documents.contract.ts';
import { openDynamoDocuments } from './open-dynamodb-documents.ts';

const endpoint = process.env.BUTIK_TEST_DYNAMODB;

if (endpoint) {
  // DynamoDB Local takes any credentials, but the SDK wants some.
  process.env.AWS_ACCESS_KEY_ID ??= 'local';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'local';
  documentsContract('DynamoDB', async () => openDynamoDocuments({ region: 'eu-north-1', endpoint }));
} else {
  describe('documents: DynamoDB', () => {
    test.skip('left out: BUTIK_TEST_DYNAMODB has no address of a DynamoDB');
  });
}
