import { ERROR_CODES, type ErrorCode } from './codes.ts';
import type { ErrorKind } from './kinds.ts';

export type ErrorDetails = Record<string, unknown>;

/**
 * The one error of Butik. The code decides the kind; the message is for people and defaults to
 * the code's title; `details` is data for programs and must be JSON.
 */
export class ButikError extends Error {
  override readonly name = 'ButikError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, options: { message?: string; details?: ErrorDetails; cause?: unknown } = {}) {
    super(options.message ?? ERROR_CODES[code].title, { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  get kind(): ErrorKind {
    return ERROR_CODES[this.code].kind;
  }
}

/** Any thrown value as a ButikError: what is not one already is INTERNAL, with the value as its cause. */
export function asButikError(thrown: unknown): ButikError {
  return thrown instanceof ButikError ? thrown : new ButikError('INTERNAL', { cause: thrown });
}
