import {
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpServer } from './create-http-server.ts';

/** Asked every few seconds by machines: their spans would bury the others. */
const UNTRACED: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz', '/metrics']);

/**
 * A span per request, `GET /v1/shops/:id`, as part of the trace that `traceparent` names. Adds nothing to the server
 * while no tracing is started, so it has to be started before.
 */
export function traceRequests(app: HttpServer): void {
  if (propagation.fields().length === 0) return;
  const spans = new WeakMap<FastifyRequest, Span>();

  app.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url;
    if (UNTRACED.has(route)) return done();
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const span = trace.getTracer('butik').startSpan(nameOf(request), { kind: SpanKind.SERVER }, parent);
    span.setAttributes({ 'http.request.method': request.method, 'http.route': route ?? '' });
    spans.set(request, span);
    // Fastify keeps this context over the reading of a body.
    context.with(trace.setSpan(parent, span), done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    if (span) end(span, reply);
    done();
  });
}

/** By the route and not by the path, which has ids in it. */
function nameOf({ method, routeOptions }: FastifyRequest): string {
  return routeOptions.url === undefined ? method : `${method} ${routeOptions.url}`;
}

function end(span: Span, { statusCode }: FastifyReply): void {
  span.setAttribute('http.response.status_code', statusCode);
  if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
