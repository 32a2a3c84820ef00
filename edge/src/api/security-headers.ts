import type { HttpServer } from '@butik/proto/http/create-http-server';

/** What every answer tells browsers, be it the till's page or data. */
export function addSecurityHeaders(app: HttpServer): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    done();
  });
}
