import { DrizzleQueryError } from 'drizzle-orm';

/**
 * Drizzle's error without the values of the query, which it repeats in its message, its stack and a field, as PGlite
 * does in its own error: they are people's names and numbers, and errors end in logs. What the database said stays
 * as its cause.
 */
export function withoutValues(thrown: unknown): unknown {
  if (!(thrown instanceof DrizzleQueryError)) return thrown;
  if (thrown.cause && 'params' in thrown.cause) delete thrown.cause.params;
  return new DrizzleQueryError(thrown.query, [], thrown.cause);
}
