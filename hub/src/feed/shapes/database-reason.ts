export interface DatabaseError {
  /** SQLSTATE, five characters. */
  code: string;
  message: string;
  /** Where in the statement, in characters from 1. */
  position: number | null;
}

/** PostgreSQL's own error in what the store threw; null when it was no error of a statement. */
export function databaseError(thrown: unknown): DatabaseError | null {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const { code, position } = error as { code?: unknown; position?: unknown };
    if (typeof code === 'string' && /^\w{5}$/.test(code)) {
      return { code, message: error.message, position: position === undefined ? null : Number(position) };
    }
  }
  return null;
}

/**
 * PostgreSQL's own words for an error of one of these SQLSTATE classes (`22` data, `42` syntax and names);
 * null for any other error.
 */
export function databaseReason(thrown: unknown, classes: readonly string[]): string | null {
  const error = databaseError(thrown);
  return error && classes.includes(error.code.slice(0, 2)) ? error.message : null;
}
