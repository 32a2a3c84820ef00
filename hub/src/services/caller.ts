import type { FastifyRequest } from 'fastify';

/** Who makes the request, for the audit log. */
export function callerOf(request: FastifyRequest): string {
  return request.caller ?? 'unknown';
}
