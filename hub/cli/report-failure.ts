import { asButikError } from '@butik/proto/errors/butik-error';
import { ERROR_CODES } from '@butik/proto/errors/codes';

/** Prints what went wrong and what to do about it, and ends with exit code 1. */
export function reportFailure(thrown: unknown): void {
  const error = asButikError(thrown);
  const cause = error.code === 'INTERNAL' && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  console.error(`${error.code}: ${error.message}${cause}`);
  console.error(ERROR_CODES[error.code].remedy);
  if (Object.keys(error.details).length > 0) console.error(JSON.stringify(error.details, null, 2));
  process.exitCode = 1;
}
