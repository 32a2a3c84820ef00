import { z } from 'zod';
import { invalid } from '../dynamo-error.ts';
import { MAX_TRANSACTION_ITEMS } from '../limits.ts';
import { encodeKey } from '../store/keys.ts';
import { readItem } from '../values/read-value.ts';
import { keyIdentity } from './key-identity.ts';
import type { Operation } from './operation.ts';
import { getRequest, readOne } from './read-item.ts';
import { parseRequest } from './requests.ts';

const request = z.object({
  TransactItems: z
    .array(z.object({ Get: getRequest }))
    .min(1)
    .max(MAX_TRANSACTION_ITEMS),
});

/** One moment of all the items: the engine runs a request to its end before it begins another. */
export const transactGetItems: Operation = {
  writes: false,
  run({ store }, input) {
    const gets = parseRequest(request, input).TransactItems.map((item) => item.Get);
    const identities = gets.map((get) =>
      keyIdentity(get.TableName, encodeKey(store.table(get.TableName).definition, readItem(get.Key))),
    );
    if (new Set(identities).size < identities.length) {
      throw invalid('Transaction request cannot include multiple operations on one item');
    }
    return {
      Responses: gets.map((get) => {
        const item = readOne(store, get);
        return item ? { Item: item } : {};
      }),
    };
  },
};
