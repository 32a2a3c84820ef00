import { z } from 'zod';
import { invalid } from '../dynamo-error.ts';
import { MAX_BATCH_WRITES } from '../limits.ts';
import { keyIdentity } from './key-identity.ts';
import type { Operation } from './operation.ts';
import { applyWrite, evaluateWrite, prepareDelete, preparePut } from './prepare-write.ts';
import { attributes, parseRequest } from './requests.ts';

const writeRequest = z.object({
  PutRequest: z.object({ Item: attributes }).optional(),
  DeleteRequest: z.object({ Key: attributes }).optional(),
});
const request = z.object({ RequestItems: z.record(z.string(), z.array(writeRequest)) });

/** Here all or nothing, which DynamoDB does not promise: do not count on it. */
export const batchWriteItem: Operation = {
  writes: true,
  run({ store }, input) {
    const requests = Object.entries(parseRequest(request, input).RequestItems);
    if (requests.length === 0) throw invalid('BatchWriteItem must have some requests set');
    const empty = requests.find(([, writes]) => writes.length === 0);
    if (empty) throw invalid(`The batch write request list for a table cannot be null or empty: ${empty[0]}`);
    if (requests.reduce((count, [, writes]) => count + writes.length, 0) > MAX_BATCH_WRITES) {
      throw invalid('Too many items requested for the BatchWriteItem call');
    }
    const prepared = requests.flatMap(([TableName, writes]) =>
      writes.map(({ PutRequest, DeleteRequest }) => {
        if (PutRequest && !DeleteRequest) return preparePut(store, { TableName, ...PutRequest });
        if (DeleteRequest && !PutRequest) return prepareDelete(store, { TableName, ...DeleteRequest });
        throw invalid('Supplied WriteRequest must contain exactly one of PutRequest and DeleteRequest');
      }),
    );
    const identities = prepared.map(({ table, key }) => keyIdentity(table.definition.name, key));
    if (new Set(identities).size < identities.length) {
      throw invalid('Provided list of item keys contains duplicates');
    }
    for (const write of prepared) applyWrite(evaluateWrite(write));
    return { UnprocessedItems: {} };
  },
};
