import { z } from 'zod';
import { invalid } from '../dynamo-error.ts';
import { type Condition, pathsOf } from '../expressions/condition.ts';
import { parseKeyCondition } from '../expressions/key-condition.ts';
import { Placeholders } from '../expressions/placeholders.ts';
import { type KeyShape, keyAttributes } from '../store/table-definition.ts';
import type { Operation } from './operation.ts';
import { filterOf, indexOf, projectionOfRange, rangeRequest, readRange } from './read-range.ts';
import { parseRequest } from './requests.ts';

const request = rangeRequest.extend({
  KeyConditionExpression: z.string().optional(),
  ScanIndexForward: z.boolean().optional(),
});

export const query: Operation = {
  writes: false,
  run({ store }, input) {
    const parsed = parseRequest(request, input);
    const { FilterExpression, KeyConditionExpression, ProjectionExpression } = parsed;
    const table = store.table(parsed.TableName);
    const index = indexOf(table, parsed);
    const filled = new Placeholders(parsed, {
      FilterExpression,
      KeyConditionExpression,
      ProjectionExpression,
    });
    if (KeyConditionExpression === undefined) {
      throw invalid(
        'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
      );
    }
    const shape = index ?? table.definition;
    const filter = filterOf(parsed, filled);
    const projection = projectionOfRange(table, index, parsed, filled);
    const keys = parseKeyCondition(KeyConditionExpression, shape, filled);
    filled.assertAllUsed();
    if (filter) assertNoKeys(filter, shape);
    return readRange(
      { table, index, keys, filter, projection, descending: parsed.ScanIndexForward === false },
      parsed,
    );
  },
};

function assertNoKeys(filter: Condition, shape: KeyShape): void {
  const names = new Set(pathsOf(filter).map((path) => path[0]));
  const key = keyAttributes(shape).find(({ name }) => names.has(name));
  if (!key) return;
  throw invalid(
    `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${key.name}`,
  );
}
