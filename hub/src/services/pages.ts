import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';

/** Pages are short by default and never long; `cursor` is what the page before said. */
export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(2_000).optional(),
});
export type PageQuery = z.infer<typeof pageQuerySchema>;

/** A page: `next` is the cursor of the page after it, null on the last. */
export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}
export interface Page<Item> {
  items: Item[];
  next: string | null;
}

const keySchema = z.record(z.string(), z.string().min(1).max(1_024));

/** The key at which a query stopped, as text that callers hand back. */
export function encodeCursor(next: object | undefined): string | null {
  return next === undefined ? null : Buffer.from(JSON.stringify(next)).toString('base64url');
}

/**
 * The key inside a cursor, for OneTable's `next`. A cursor that was not given out for this very query
 * (`expected` names its partition) is REQUEST_INVALID, so that it cannot lead into another one; so is one whose key
 * has other attributes than the query's, which the table would refuse.
 */
export function decodeCursor(
  cursor: string | undefined,
  expected: Record<string, string>,
): Record<string, string> | undefined {
  if (cursor === undefined) return undefined;
  const key = keySchema.safeParse(parse(cursor));
  if (!key.success || !isFor(key.data, expected)) throw foreignCursor();
  return key.data;
}

/**
 * What `find` answers from the key of a cursor on, or from the beginning without one. A key that the table refuses,
 * such as one outside of the times that are asked for, is REQUEST_INVALID; other errors are thrown as they are.
 */
export async function findFrom<Found>(key: object | undefined, find: () => Promise<Found>): Promise<Found> {
  try {
    return await find();
  } catch (error) {
    if (key === undefined || !isInvalid(error)) throw error;
    throw foreignCursor(error);
  }
}

function isFor(key: Record<string, string>, expected: Record<string, string>): boolean {
  if (Object.entries(expected).some(([name, value]) => key[name] !== value)) return false;
  const partitions = Object.keys(expected).filter((name) => name.endsWith('pk'));
  // Not a table's key: what else is in it is the list's own.
  if (partitions.length === 0) return true;
  const names = new Set(['pk', 'sk', ...partitions.flatMap((name) => [name, name.replace(/pk$/, 'sk')])]);
  return Object.keys(key).length === names.size && Object.keys(key).every((name) => names.has(name));
}

/** OneTable keeps DynamoDB's error in `context.err`. */
function isInvalid(thrown: unknown): boolean {
  const wrapped = thrown as { name?: unknown; context?: { err?: { name?: unknown } } } | undefined;
  return [wrapped?.name, wrapped?.context?.err?.name].includes('ValidationException');
}

function foreignCursor(cause?: unknown): ButikError {
  return new ButikError('REQUEST_INVALID', {
    message: 'The cursor does not belong to this list.',
    details: {
      fields: [{ path: 'cursor', message: 'Take it from the page before, with the same filters.' }],
    },
    cause,
  });
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
