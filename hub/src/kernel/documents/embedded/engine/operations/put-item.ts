import { z } from 'zod';
import type { Operation } from './operation.ts';
import { applyWrite, evaluateWrite, preparePut, putRequest } from './prepare-write.ts';
import { parseRequest } from './requests.ts';

const request = putRequest.extend({ ReturnValues: z.enum(['NONE', 'ALL_OLD']).optional() });

export const putItem: Operation = {
  writes: true,
  run({ store }, input) {
    const parsed = parseRequest(request, input);
    const evaluated = evaluateWrite(preparePut(store, parsed));
    applyWrite(evaluated);
    return parsed.ReturnValues === 'ALL_OLD' && evaluated.old ? { Attributes: evaluated.old.item } : {};
  },
};
