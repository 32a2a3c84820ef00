import { z } from 'zod';
import { project } from '../expressions/projection.ts';
import type { Item } from '../values/attribute-value.ts';
import type { Operation } from './operation.ts';
import {
  applyWrite,
  type EvaluatedWrite,
  evaluateWrite,
  prepareUpdate,
  updateRequest,
} from './prepare-write.ts';
import { parseRequest } from './requests.ts';

const returnValues = z.enum(['NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW']).optional();
const request = updateRequest.extend({ ReturnValues: returnValues });

export const updateItem: Operation = {
  writes: true,
  run({ store }, input) {
    const parsed = parseRequest(request, input);
    const evaluated = evaluateWrite(prepareUpdate(store, parsed));
    applyWrite(evaluated);
    const returned = chosen(evaluated, parsed.ReturnValues);
    return returned && Object.keys(returned).length > 0 ? { Attributes: returned } : {};
  },
};

/** Of the UPDATED values only the parts that the expression names, although DynamoDB Local gives more. */
function chosen(
  { write, old, next }: EvaluatedWrite,
  returned: z.infer<typeof returnValues>,
): Item | undefined {
  const paths = write.actions.map((action) => action.path);
  if (returned === 'ALL_OLD') return old?.item;
  if (returned === 'ALL_NEW') return next;
  if (returned === 'UPDATED_OLD') return old && project(old.item, paths);
  return returned === 'UPDATED_NEW' && next ? project(next, paths) : undefined;
}
