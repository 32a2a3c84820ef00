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

const keySchema = z.record(z.string(), z.string().max(1_024));

/** The key at which a query stopped, as text that callers hand back. */
export function encodeCursor(next: object | undefined): string | null {
  return next === undefined ? null : Buffer.from(JSON.stringify(next)).toString('base64url');
}

/**
 * The key inside a cursor, for OneTable's `next`. A cursor that was not given out for this very query
 * (`expected` names its partition) is REQUEST_INVALID, so that it cannot lead into another one.
 */
export function decodeCursor(
  cursor: string | undefined,
  expected: Record<string, string>,
): Record<string, string> | undefined {
  if (cursor === undefined) return undefined;
  const key = keySchema.safeParse(parse(cursor));
  if (!key.success || Object.entries(expected).some(([name, value]) => key.data[name] !== value)) {
    throw new ButikError('REQUEST_INVALID', {
      message: 'The cursor does not belong to this list.',
      details: {
        fields: [{ path: 'cursor', message: 'Take it from the page before, with the same filters.' }],
      },
    });
  }
  return key.data;
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
