import { z } from 'zod';
import { ButikError } from './butik-error.ts';
import { ERROR_CODES, type ErrorCode } from './codes.ts';
import { KINDS } from './kinds.ts';

/** An error as HTTP carries it: RFC 9457 problem details with Butik's code and its remedy. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  remedy: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
  requestId: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

export function toProblem(error: ButikError, requestId?: string): Problem {
  const { kind, title, remedy } = ERROR_CODES[error.code];
  return {
    type: `urn:butik:error:${error.code}`,
    title,
    status: KINDS[kind].http,
    detail: error.message,
    code: error.code,
    remedy,
    ...(Object.keys(error.details).length > 0 && { details: error.details }),
    ...(requestId !== undefined && { requestId }),
  };
}

/** The error that an HTTP answer carries; an answer of another form becomes SERVICE_UNAVAILABLE. */
export function fromProblem(status: number, body: unknown): ButikError {
  const parsed = problemSchema.safeParse(body);
  if (parsed.success && Object.hasOwn(ERROR_CODES, parsed.data.code)) {
    return new ButikError(parsed.data.code as ErrorCode, {
      message: parsed.data.detail,
      details: parsed.data.details ?? {},
    });
  }
  return new ButikError('SERVICE_UNAVAILABLE', {
    message: `The answer was HTTP ${status}.`,
    details: { status },
  });
}
