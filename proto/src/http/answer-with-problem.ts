import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { ButikError } from '../errors/butik-error.ts';
import type { ErrorCode } from '../errors/codes.ts';
import { PROBLEM_MEDIA_TYPE, toProblem } from '../errors/problem.ts';

/** What `details.fields` of REQUEST_INVALID holds: where in the request, and what is wrong there. */
export interface InvalidField {
  /** Such as `body.lines.0.quantity` or `query.limit`. */
  path: string;
  message: string;
}

const MAX_FIELDS = 50;

/** Fastify's error handler: any thrown value becomes problem+json; what is our fault is logged with its cause. */
export function answerWithProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = asProblemError(thrown, request);
  const problem = toProblem(error, request.id);
  if (problem.status >= 500)
    request.log.error({ err: error.cause ?? error, code: error.code, url: request.url });
  void reply
    .status(problem.status)
    .header('x-request-id', request.id)
    .type(PROBLEM_MEDIA_TYPE)
    .serializer(JSON.stringify)
    .send(problem);
}

export function answerRouteNotFound(request: FastifyRequest, reply: FastifyReply): void {
  const { method, url } = request;
  answerWithProblem(new ButikError('ROUTE_NOT_FOUND', { details: { method, path: url } }), request, reply);
}

function asProblemError(thrown: unknown, request: FastifyRequest): ButikError {
  if (thrown instanceof ButikError) return thrown;
  if (hasZodFastifySchemaValidationErrors(thrown)) return requestInvalid(invalidFields(thrown));
  const code = codeOfFastify(thrown);
  if (!code) return new ButikError('INTERNAL', { cause: thrown });
  const message = (thrown as FastifyError).message;
  if (code === 'REQUEST_INVALID') return requestInvalid([{ path: 'body', message }]);
  const details = code === 'BODY_TOO_LARGE' ? { limit: request.routeOptions.bodyLimit } : {};
  return new ButikError(code, { message, details });
}

function requestInvalid(fields: InvalidField[]): ButikError {
  const [first] = fields;
  return new ButikError('REQUEST_INVALID', {
    ...(first && { message: `${first.path}: ${first.message}` }),
    details: { fields: fields.slice(0, MAX_FIELDS) },
  });
}

type ValidationError = Pick<FastifyError, 'validationContext'> & {
  validation: readonly { instancePath: string; message?: string | undefined }[];
};

function invalidFields(error: ValidationError): InvalidField[] {
  const part = error.validationContext === 'querystring' ? 'query' : (error.validationContext ?? 'body');
  return error.validation.map(({ instancePath, message }) => ({
    path: [part, ...instancePath.split('/').filter(Boolean)].join('.'),
    message: message ?? 'is not valid',
  }));
}

const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'REQUEST_INVALID',
  404: 'ROUTE_NOT_FOUND',
  413: 'BODY_TOO_LARGE',
  415: 'MEDIA_TYPE_UNSUPPORTED',
  429: 'RATE_LIMITED',
};

/** Only errors that Fastify, its parsers and its plugins raise on purpose; a stray `statusCode` proves little. */
function codeOfFastify(thrown: unknown): ErrorCode | undefined {
  const { code, statusCode } = (thrown ?? {}) as Partial<FastifyError>;
  if (statusCode === undefined) return undefined;
  const deliberate = code?.startsWith('FST_') || thrown instanceof SyntaxError || statusCode === 429;
  return deliberate ? CODE_OF_STATUS[statusCode] : undefined;
}
