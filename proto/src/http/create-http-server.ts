import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { answerRouteNotFound, answerWithProblem } from './answer-with-problem.ts';
import { closeUnusedConnections } from './close-unused-connections.ts';
import { RequestLogger } from './request-logger.ts';
import { serveApiDescription } from './serve-api-description.ts';
import { traceRequests } from './trace-requests.ts';

/** Fastify whose routes take zod schemas: `app.get(path, { schema: { querystring: z.object(…) } }, …)`. */
export type HttpServer = FastifyInstance<
  Server,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export interface HttpServerOptions {
  logger: FastifyBaseLogger;
  /** Name and version of the API in /openapi.json. */
  title: string;
  version: string;
  /** Bytes; 1 MiB unless told. A route may set its own. */
  bodyLimit?: number;
  /** Whether `x-forwarded-…` is believed: only behind a proxy of ours. */
  trustProxy?: boolean;
}

const DEFAULT_BODY_LIMIT = 1024 * 1024;
const SANE_REQUEST_ID = /^[\w.-]{1,128}$/;

/**
 * The HTTP server that edge and hub share: zod checks requests, every answer has its `x-request-id`, every error is
 * problem+json, `/openapi.json` and `/docs` describe the routes. Requests are traced if tracing was started before. Response schemas describe and do not check: what a handler returns is
 * typed already, and checking it again would cost each sale its time.
 */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const app: HttpServer = fastify({
    loggerInstance: options.logger,
    childLoggerFactory: (logger, bindings, opts) => new RequestLogger(logger, bindings, opts),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyLimit ?? DEFAULT_BODY_LIMIT,
    trustProxy: options.trustProxy ?? false,
    genReqId: requestId,
    // Errors of the framework itself, such as a path that is not valid percent-encoding.
    frameworkErrors: answerWithProblem,
  }).withTypeProvider<ZodTypeProvider>();
  closeUnusedConnections(app);
  traceRequests(app);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  app.setErrorHandler(answerWithProblem);
  app.setNotFoundHandler(answerRouteNotFound);
  await serveApiDescription(app, options);
  return app;
}

function requestId(request: { headers: IncomingMessage['headers'] }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && SANE_REQUEST_ID.test(given) ? given : randomUUID();
}
