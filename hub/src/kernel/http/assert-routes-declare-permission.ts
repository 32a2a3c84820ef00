import type { FastifyInstance } from 'fastify';

/**
 * Makes `app.ready()` and `app.listen()` fail, with the list of offenders, when a route that is added after
 * this call declares no permission in `config.permission`.
 */
export function assertRoutesDeclarePermission(app: Pick<FastifyInstance, 'addHook'>): void {
  const offenders: string[] = [];
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.permission === undefined) offenders.push(`${[method].flat().join(',')} ${url}`);
  });
  app.addHook('onReady', async () => {
    if (offenders.length > 0) throw new Error(`routes without config.permission: ${offenders.join('; ')}`);
  });
}
