import { z } from 'zod';
import { invalid } from '../dynamo-error.ts';
import { project } from '../expressions/projection.ts';
import { MAX_BATCH_GET_ANSWER, MAX_BATCH_GET_KEYS } from '../limits.ts';
import { encodeKey } from '../store/keys.ts';
import type { Item } from '../values/attribute-value.ts';
import { itemSize } from '../values/item-size.ts';
import { readItem } from '../values/read-value.ts';
import { keyIdentity } from './key-identity.ts';
import type { Operation } from './operation.ts';
import { projectionOf } from './read-item.ts';
import { attributes, parseRequest, placeholders } from './requests.ts';

const tableRequest = z.object({
  Keys: z.array(attributes).min(1),
  ProjectionExpression: z.string().optional(),
  ExpressionAttributeNames: placeholders.ExpressionAttributeNames,
});
const request = z.object({ RequestItems: z.record(z.string(), tableRequest) });

export const batchGetItem: Operation = {
  writes: false,
  run({ store }, input) {
    const { RequestItems } = parseRequest(request, input);
    const requests = Object.entries(RequestItems);
    if (requests.length === 0) throw invalid('BatchGetItem must have some requests set');
    if (requests.reduce((keys, [, { Keys }]) => keys + Keys.length, 0) > MAX_BATCH_GET_KEYS) {
      throw invalid('Too many items requested for the BatchGetItem call');
    }
    const responses: [string, Item[]][] = [];
    const unprocessed: [string, z.infer<typeof tableRequest>][] = [];
    let size = 0;
    for (const [name, asked] of requests) {
      const table = store.table(name);
      const paths = projectionOf(asked);
      const seen = new Set<string>();
      const found: Item[] = [];
      const left: Record<string, unknown>[] = [];
      for (const input of asked.Keys) {
        const key = encodeKey(table.definition, readItem(input));
        const identity = keyIdentity(name, key);
        if (seen.has(identity)) throw invalid('Provided list of item keys contains duplicates');
        seen.add(identity);
        if (size > MAX_BATCH_GET_ANSWER) {
          left.push(input);
          continue;
        }
        const item = table.get(key)?.item;
        if (!item) continue;
        size += itemSize(item);
        found.push(paths ? project(item, paths) : item);
      }
      responses.push([name, found]);
      if (left.length > 0) unprocessed.push([name, { ...asked, Keys: left }]);
    }
    return { Responses: Object.fromEntries(responses), UnprocessedKeys: Object.fromEntries(unprocessed) };
  },
};
