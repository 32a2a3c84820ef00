import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { ShapeAnswer } from './shapes/answer.ts';
import type { ShapeServer } from './shapes/shape-server.ts';

/** Electric's own routes, open to whoever reaches them: for tests and trusted networks. Shops use the gatekeeper. */
export function shapeRoutes(server: ShapeServer): FastifyPluginAsync {
  return async (app) => {
    const closing = closingSignal(app);
    // Browsers may follow shapes from any page, and read the protocol's headers. Errors are not cached.
    app.addHook('onRequest', async (_request, reply) => {
      reply.headers({
        'access-control-allow-origin': '*',
        'access-control-expose-headers': '*',
        'cache-control': 'no-store',
      });
    });
    app.options('/v1/shape', async (_request, reply) =>
      reply
        .code(204)
        .header('access-control-allow-methods', 'GET, HEAD, DELETE, OPTIONS')
        .header('access-control-allow-headers', '*')
        .send(),
    );
    app.get('/v1/shape', async (request, reply) => {
      const answer = await server.answer(queryOf(request), {
        ifNoneMatch: request.headers['if-none-match'] ?? null,
        signal: AbortSignal.any([goneSignal(reply), closing]),
      });
      return sendAnswer(reply, answer, closing);
    });
    app.delete('/v1/shape', async (request, reply) => {
      const removed = await server.remove(queryOf(request));
      return reply.code(removed ? 202 : 404).send();
    });
    app.get('/v1/health', async (_request, reply) =>
      reply.header('cache-control', 'no-cache, no-store, must-revalidate').send({ status: 'active' }),
    );
  };
}

export function queryOf(request: FastifyRequest): URLSearchParams {
  const start = request.raw.url!.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : request.raw.url!.slice(start + 1));
}

/** Aborted when the client has gone before its answer. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}

/** Aborted when the HTTP server begins to close: held requests are answered then, and do not delay it. */
export function closingSignal(app: FastifyInstance): AbortSignal {
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());
  return closing.signal;
}

/**
 * Once the server closes, a connection must not be kept: it would delay the close until it idles out. A stream
 * ends with its connection for that reason, and its headers do not wait for its first event.
 */
export function sendAnswer(reply: FastifyReply, answer: ShapeAnswer, closing: AbortSignal): FastifyReply {
  const { status, headers, body } = answer;
  const streams = body instanceof Readable;
  if (closing.aborted || streams) reply.header('connection', 'close');
  if (streams) reply.raw.once('pipe', () => reply.raw.flushHeaders());
  return reply
    .code(status)
    .headers(headers)
    .send(body ?? undefined);
}
