import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HttpServer } from '@butik/proto/http/create-http-server';
import fastifyStatic from '@fastify/static';

/** Where `vite build` puts the till. */
export const TILL_FOLDER = fileURLToPath(new URL('../../till/dist/', import.meta.url));

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // React sets style attributes for sizes that it computes.
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const NOT_BUILT =
  'The till is not built. `npm start` builds it; so does `npx vite build` in edge/till. The API is at /docs.\n';

/** Serves the till app at `/`, or says how to build it. It talks to this box only, and its page may nothing else. */
export async function serveTill(app: HttpServer, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) {
    app.get('/', { schema: { hide: true } }, (_request, reply) => reply.type('text/plain').send(NOT_BUILT));
    return;
  }
  await app.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    cacheControl: false,
    setHeaders(reply, path) {
      reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
      // Files under assets/ have their hash in the name; the page itself is asked for each time.
      const forEver = path.includes(`${sep}assets${sep}`);
      reply.header('cache-control', forEver ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
