import { ZodError, z } from 'zod';
import { asButikError, ButikError } from './butik-error.ts';
import { ERROR_CODES } from './codes.ts';

/** What a command does with anything it cannot mend: prints code, message, details and remedy, and ends the process with 1. */
export function reportFailure(thrown: unknown): never {
  const error = thrown instanceof ZodError ? invalidSetting(thrown) : asButikError(thrown);
  console.error(`${error.code}: ${error.message}`);
  if (error.code === 'INTERNAL' && error.cause !== undefined) console.error(error.cause);
  if (Object.keys(error.details).length > 0) console.error(`  details: ${JSON.stringify(error.details)}`);
  console.error(`  remedy: ${ERROR_CODES[error.code].remedy}`);
  process.exit(1);
}

function invalidSetting(error: ZodError): ButikError {
  return new ButikError('REQUEST_INVALID', {
    message: `A setting is not valid.\n${z.prettifyError(error)}`,
    details: { fields: error.issues.map((issue) => issue.path.join('.')) },
  });
}
