/**
 * PostgreSQL's own words for an error of one of these SQLSTATE classes (`22` data, `42` syntax and names);
 * null for any other error.
 */
export function databaseReason(thrown: unknown, classes: readonly string[]): string | null {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const { code } = error as { code?: unknown };
    if (typeof code === 'string' && /^\w{5}$/.test(code)) {
      return classes.includes(code.slice(0, 2)) ? error.message : null;
    }
  }
  return null;
}
