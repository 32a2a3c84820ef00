import { ButikError } from '@butik/proto/errors/butik-error';

interface S3Error extends Error {
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

const NOT_FOUND = 404;
const BAD_REQUEST = 400;
const SERVER_ERROR = 500;
const TOO_MANY_REQUESTS = 429;
const ABSENT = ['NoSuchKey', 'NotFound'];
const TOO_LATE = ['TimeoutError', 'RequestTimeout'];
/** The SDK calls these time-outs too. */
const LOST = ['ECONNRESET', 'EPIPE'];

export function isAbsent(thrown: unknown): boolean {
  return ABSENT.includes((thrown as S3Error).name);
}

/**
 * What S3, or the way to it, said as an error of ours. What blames the caller (credentials, a bucket that is not
 * there) is INTERNAL: waiting does not mend it.
 */
export function s3Failure(thrown: unknown): ButikError {
  if (thrown instanceof ButikError) return thrown;
  const error = thrown as S3Error;
  const status = error.$metadata?.httpStatusCode ?? 0;
  const part = { part: 'objects' };
  if (TOO_LATE.includes(error.name) && !LOST.includes(error.code ?? '')) {
    return new ButikError('DEADLINE_EXCEEDED', {
      message: 'S3 did not answer in time.',
      details: part,
      cause: error,
    });
  }
  const blamesUs = status >= BAD_REQUEST && status < SERVER_ERROR && status !== TOO_MANY_REQUESTS;
  if (blamesUs) {
    const what = status === NOT_FOUND ? 'has no such bucket' : 'refused';
    return new ButikError('INTERNAL', { message: `S3 ${what}: ${error.name}`, details: part, cause: error });
  }
  const message = `S3 cannot be used at the moment: ${error.name}`;
  return new ButikError('SERVICE_UNAVAILABLE', { message, details: part, cause: error });
}
