/** What a caller can be allowed to do. Every route of the hub declares one in `config.permission`. */
export const PERMISSIONS = [
  'catalogue:read',
  'catalogue:write',
  'shop:read',
  'shop:write',
  'stock:read',
  'stock:write',
  'order:read',
  'order:write',
  'payment:read',
  'payment:write',
  'job:read',
  'job:write',
  'notification:read',
  'notification:write',
  'sync:read',
  'sync:write',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/**
 * `public`: anyone. `node`: an enrolled box, which the route checks itself by the box's signature.
 * Anything else: a user whose token carries that permission.
 */
export type RoutePermission = Permission | 'public' | 'node';

declare module 'fastify' {
  interface FastifyContextConfig {
    permission?: RoutePermission;
  }
}
