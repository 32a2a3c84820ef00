import { defineCodes } from '../define-codes.ts';

export const generalCodes = defineCodes({
  REQUEST_INVALID: {
    kind: 'invalid',
    title: 'The request does not have the expected form.',
    remedy: 'Correct the fields named in `details.fields` and send it again.',
  },
  ROUTE_NOT_FOUND: {
    kind: 'not-found',
    title: 'There is nothing at this address.',
    remedy: 'Compare the method and the path with /openapi.json.',
  },
  UNAUTHENTICATED: {
    kind: 'unauthenticated',
    title: 'The caller is not known.',
    remedy: 'Send a valid bearer token in the `authorization` header.',
  },
  PERMISSION_DENIED: {
    kind: 'denied',
    title: 'The caller may not do this.',
    remedy: 'Ask for the permission named in `details.permission`.',
  },
  BODY_TOO_LARGE: {
    kind: 'invalid',
    title: 'The request body is larger than this route takes.',
    remedy: 'Send it in smaller parts; the limit in bytes is in `details.limit`.',
  },
  MEDIA_TYPE_UNSUPPORTED: {
    kind: 'invalid',
    title: 'The route does not take this content type.',
    remedy: 'Send one of the types that /openapi.json names for it.',
  },
  RATE_LIMITED: {
    kind: 'exhausted',
    title: 'Too many requests in a short time.',
    remedy: 'Wait the seconds given in `retry-after`.',
  },
  DEADLINE_EXCEEDED: {
    kind: 'timeout',
    title: 'The answer did not come in time.',
    remedy: 'Try again; if the call changes something, with the same idempotency key.',
  },
  CANCELLED: {
    kind: 'timeout',
    title: 'The caller gave the call up before it was answered.',
    remedy: 'Nothing, unless the caller did not mean to.',
  },
  SERVICE_UNAVAILABLE: {
    kind: 'unavailable',
    title: 'A part that this needs does not answer at the moment.',
    remedy: 'Try again shortly; `details.part` says which part.',
  },
  IDEMPOTENCY_KEY_MISSING: {
    kind: 'invalid',
    title: 'The request changes something and has no idempotency key.',
    remedy:
      'Send a fresh UUID in the `idempotency-key` header, and the same one when you repeat the request.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    kind: 'precondition',
    title: 'This idempotency key was used for another request.',
    remedy: 'Use a fresh key for a new request; repeat an old one with the same content.',
  },
  JOB_NOT_FOUND: {
    kind: 'not-found',
    title: 'No failed job has this name and id.',
    remedy: 'List the failed jobs; it may have been begun anew already.',
  },
  INTERNAL: {
    kind: 'internal',
    title: 'Something went wrong that should not have.',
    remedy: 'Report it with the request id; the log has the cause.',
  },
});
