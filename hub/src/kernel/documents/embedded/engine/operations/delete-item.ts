import { z } from 'zod';
import type { Operation } from './operation.ts';
import { applyWrite, deleteRequest, evaluateWrite, prepareDelete } from './prepare-write.ts';
import { parseRequest } from './requests.ts';

const request = deleteRequest.extend({ ReturnValues: z.enum(['NONE', 'ALL_OLD']).optional() });

export const deleteItem: Operation = {
  writes: true,
  run({ store }, input) {
    const parsed = parseRequest(request, input);
    const evaluated = evaluateWrite(prepareDelete(store, parsed));
    applyWrite(evaluated);
    return parsed.ReturnValues === 'ALL_OLD' && evaluated.old ? { Attributes: evaluated.old.item } : {};
  },
};
