import { createHash, timingSafeEqual } from 'node:crypto';
import { ButikError } from '@butik/proto/errors/butik-error';
import type { FastifyRequest } from 'fastify';
import type { Permission } from './permissions.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls, as `user:NAME`; unset on routes that are public or a box's. */
    caller?: string;
  }
}

export interface Operator {
  /** The bearer token, a secret of at least 16 characters. */
  token: string;
  name: string;
  permissions: readonly Permission[] | 'all';
}

const MIN_TOKEN_CHARACTERS = 16;

/**
 * An onRequest hook that lets a request through when its bearer token carries the permission of the route.
 * Routes that are `public` or a box's (`node`) pass; a route that declares nothing is refused.
 * Throws UNAUTHENTICATED or PERMISSION_DENIED.
 */
export function operatorAuth(options: {
  tokens: readonly Operator[];
}): (request: FastifyRequest) => Promise<void> {
  const operators = options.tokens.map((operator) => ({ ...operator, digest: digest(operator.token) }));
  for (const { token, name } of operators) {
    if (token.length < MIN_TOKEN_CHARACTERS) {
      throw new Error(`the token of ${name} has fewer than ${MIN_TOKEN_CHARACTERS} characters`);
    }
  }

  return async function authorise(request) {
    if (request.is404) return;
    const { permission } = request.routeOptions.config;
    if (permission === 'public' || permission === 'node') return;
    if (permission === undefined) throw undeclared(request);
    const operator = find(bearerToken(request));
    if (operator.permissions !== 'all' && !operator.permissions.includes(permission)) {
      throw new ButikError('PERMISSION_DENIED', { details: { permission } });
    }
    request.caller = `user:${operator.name}`;
  };

  /** Digests are of one length, and all are compared, so that the time taken tells nothing. */
  function find(token: string): Operator {
    const given = digest(token);
    let found: Operator | undefined;
    for (const operator of operators) {
      if (timingSafeEqual(operator.digest, given)) found = operator;
    }
    if (!found) throw new ButikError('UNAUTHENTICATED', { message: 'The bearer token is not valid.' });
    return found;
  }
}

function bearerToken(request: FastifyRequest): string {
  const match = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '');
  if (!match?.[1]) throw new ButikError('UNAUTHENTICATED', { message: 'The request has no bearer token.' });
  return match[1];
}

function undeclared(request: FastifyRequest): ButikError {
  const route = `${request.method} ${request.routeOptions.url}`;
  return new ButikError('PERMISSION_DENIED', {
    message: `${route} declares no permission.`,
    details: { route },
  });
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
