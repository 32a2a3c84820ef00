import type { Operation } from './operation.ts';
import { getRequest, readOne } from './read-item.ts';
import { parseRequest } from './requests.ts';

export const getItem: Operation = {
  writes: false,
  run({ store }, input) {
    const item = readOne(store, parseRequest(getRequest, input));
    return item ? { Item: item } : {};
  },
};
