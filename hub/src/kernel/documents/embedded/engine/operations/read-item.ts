import { z } from 'zod';
import type { Path } from '../expressions/path.ts';
import { Placeholders } from '../expressions/placeholders.ts';
import { parseProjection, project } from '../expressions/projection.ts';
import { encodeKey } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import type { Item } from '../values/attribute-value.ts';
import { readItem } from '../values/read-value.ts';
import { attributes, placeholders, tableName } from './requests.ts';

export const getRequest = z.object({
  TableName: tableName,
  Key: attributes,
  ProjectionExpression: z.string().optional(),
  ExpressionAttributeNames: placeholders.ExpressionAttributeNames,
});

/** One item, or the asked parts of it; undefined when there is none. */
export function readOne(store: Store, request: z.infer<typeof getRequest>): Item | undefined {
  const table = store.table(request.TableName);
  const paths = projectionOf(request);
  const found = table.get(encodeKey(table.definition, readItem(request.Key)));
  return found && paths ? project(found.item, paths) : found?.item;
}

export function projectionOf(request: {
  readonly ProjectionExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
}): readonly Path[] | undefined {
  const { ProjectionExpression, ExpressionAttributeNames } = request;
  const filled = new Placeholders({ ExpressionAttributeNames }, { ProjectionExpression });
  const paths =
    ProjectionExpression === undefined ? undefined : parseProjection(ProjectionExpression, filled);
  filled.assertAllUsed();
  return paths;
}
