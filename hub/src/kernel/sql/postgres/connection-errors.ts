import { ButikError } from '@butik/proto/errors/butik-error';
import { DrizzleQueryError } from 'drizzle-orm';
import pg from 'pg';
import { withoutValues } from '../without-values.ts';

/** SQLSTATEs of an engine that ends or refuses connections; the class 08 is a broken connection. */
const UNAVAILABLE = /^(08...|57P01|57P02|57P03|53300)$/;
const STATEMENT_TIMEOUT = '57014';
const IDLE_IN_TRANSACTION = '25P03';

/** What a caller is told of an error of pg; `lost` says whether the connection has broken. */
export function toCallersError(error: unknown, lost: boolean): unknown {
  if (error instanceof ButikError) return error;
  const state = error instanceof pg.DatabaseError ? error.code : undefined;
  if (state === STATEMENT_TIMEOUT || state === IDLE_IN_TRANSACTION) {
    return new ButikError('DEADLINE_EXCEEDED', { details: { part: 'sql' }, cause: error });
  }
  if (lost || (state !== undefined && UNAVAILABLE.test(state))) return unavailable(error);
  return error;
}

export function unavailable(cause: unknown, message?: string): ButikError {
  return new ButikError('SERVICE_UNAVAILABLE', {
    ...(message !== undefined && { message }),
    details: { part: 'sql' },
    cause,
  });
}

/** Drizzle puts its own error around each; the ones that are ours already come out of it, others without values. */
export function unwrapButikError(thrown: unknown): unknown {
  const own = thrown instanceof DrizzleQueryError && thrown.cause instanceof ButikError;
  return own ? thrown.cause : withoutValues(thrown);
}

/** Whether PostgreSQL gave a transaction up in favour of another: it may win when it is tried again. */
export function isConflict(thrown: unknown): boolean {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (error instanceof pg.DatabaseError) return error.code === '40001' || error.code === '40P01';
  }
  return false;
}
