import { ButikError } from '@butik/proto/errors/butik-error';
import { z } from 'zod';

const MAX_KEY_CHARACTERS = 512;
const MAX_NAME_CHARACTERS = 200;

const keySchema = z
  .string()
  .max(MAX_KEY_CHARACTERS)
  .refine(
    (key) => key.split('/').every(isName),
    'Expected names of letters, digits, `.`, `_` and `-` with `/` between',
  );
const prefixSchema = z
  .string()
  .max(MAX_KEY_CHARACTERS)
  .regex(/^[\w./-]*$/, 'Expected the beginning of a key');
const putSchema = z.object({
  key: keySchema,
  contentType: z
    .string()
    .max(200)
    .regex(/^[\w.+-]+\/[\w.+-]+(; ?[\w.+-]+=[\w.+"-]+)*$/, 'Expected a media type'),
  maxBytes: z.int().min(0),
});
const listSchema = z.object({ prefix: prefixSchema, after: prefixSchema.optional() });

/** Throws REQUEST_INVALID, as the others here do, with the field. */
export function checkKey(key: string): void {
  check(z.object({ key: keySchema }), { key });
}

export function checkPut(put: z.input<typeof putSchema>): void {
  check(putSchema, put);
}

export function checkList(list: z.input<typeof listSchema>): void {
  check(listSchema, list);
}

function check<Value>(schema: z.ZodType<unknown, Value>, value: Value): void {
  const parsed = schema.safeParse(value);
  if (parsed.success) return;
  const fields = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new ButikError('REQUEST_INVALID', {
    message: `Not for the store of files: ${fields.map(({ path, message }) => `${path}: ${message}`).join('; ')}`,
    details: { part: 'objects', fields },
  });
}

function isName(segment: string): boolean {
  return (
    /^[\w.-]+$/.test(segment) && segment.length <= MAX_NAME_CHARACTERS && segment !== '.' && segment !== '..'
  );
}
