/**
 * The kinds of error and what each becomes on the wire. This is the only place where a kind
 * meets an HTTP status (RFC 9110) or a gRPC status code.
 */
export const KINDS = {
  invalid: { http: 400, grpc: 3 },
  unauthenticated: { http: 401, grpc: 16 },
  denied: { http: 403, grpc: 7 },
  'not-found': { http: 404, grpc: 5 },
  exists: { http: 409, grpc: 6 },
  conflict: { http: 409, grpc: 10 },
  precondition: { http: 422, grpc: 9 },
  exhausted: { http: 429, grpc: 8 },
  unavailable: { http: 503, grpc: 14 },
  timeout: { http: 504, grpc: 4 },
  internal: { http: 500, grpc: 13 },
} as const satisfies Record<string, { http: number; grpc: number }>;

export type ErrorKind = keyof typeof KINDS;
